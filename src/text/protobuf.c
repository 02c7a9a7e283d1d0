#include "text/protobuf.h"

static bool read_varint(ProtobufReader *reader, uint64_t *value, Error *err) {
    *value = 0;
    for (size_t i = 0, start = reader->at; i < 10; i++) {
        if (reader->at == reader->end)
            return error_set(err,
                             "byte %zu: truncated varint, the message ends after %zu bytes of it",
                             start, i);
        unsigned char byte = reader->file[reader->at++];
        *value |= (uint64_t)(byte & 0x7F) << 7 * i;
        if (byte < 0x80) return true;
    }
    return error_set(err, "byte %zu: a varint of more than 10 bytes", reader->at - 10);
}

static bool read_fixed(ProtobufReader *reader, size_t n, uint64_t *value, Error *err) {
    if (n > reader->end - reader->at)
        return error_set(err, "byte %zu: %zu bytes left, a number needs %zu", reader->at,
                         reader->end - reader->at, n);
    *value = 0;
    for (size_t i = 0; i < n; i++) *value |= (uint64_t)reader->file[reader->at++] << 8 * i;
    return true;
}

static bool read_bytes(ProtobufReader *reader, ProtobufReader *bytes, Error *err) {
    uint64_t n;
    if (!read_varint(reader, &n, err)) return false;
    if (n > reader->end - reader->at)
        return error_set(err, "byte %zu: length %llu runs past the end, %zu bytes are left",
                         reader->at, (unsigned long long)n, reader->end - reader->at);
    *bytes = (ProtobufReader){reader->file, reader->at, reader->at + (size_t)n};
    reader->at = bytes->end;
    return true;
}

bool protobuf_next(ProtobufReader *reader, ProtobufField *field, bool *ok, Error *err) {
    uint64_t tag;
    if (reader->at == reader->end) return false;
    *field = (ProtobufField){.offset = reader->at, .bytes = {reader->file, reader->at, reader->at}};
    if (!(*ok = read_varint(reader, &tag, err))) return false;
    field->number = (unsigned)(tag >> 3);
    field->type = tag & 7;
    if (!field->number || tag > UINT32_MAX)
        return *ok = error_set(err, "byte %zu: field number %llu", field->offset,
                               (unsigned long long)(tag >> 3));
    switch (field->type) {
        case PROTOBUF_VARINT:
            return *ok = read_varint(reader, &field->value, err);
        case PROTOBUF_FIXED64:
            return *ok = read_fixed(reader, 8, &field->value, err);
        case PROTOBUF_FIXED32:
            return *ok = read_fixed(reader, 4, &field->value, err);
        case PROTOBUF_BYTES:
            return *ok = read_bytes(reader, &field->bytes, err);
        default:
            return *ok =
                       error_kind(err, XATTN_UNSUPPORTED, "byte %zu: wire type %u is not supported",
                                  field->offset, field->type);
    }
}

bool protobuf_expect(const ProtobufField *field, unsigned type, const char *name, Error *err) {
    return field->type == type || error_set(err, "byte %zu: %s has wire type %u, expected %u",
                                            field->offset, name, field->type, type);
}

bool protobuf_bool(const ProtobufField *field, bool *value, Error *err) {
    *value = field->value != 0;
    return protobuf_expect(field, PROTOBUF_VARINT, "a switch", err);
}
