/* protobuf.h: the wire format of protocol buffers, as far as a .spm file needs it

   A message is a row of fields. A field is a varint (7 bits a byte, the lowest first, the top bit
   says that more follow) holding number << 3 | wire type, then its value: a varint, 4 or 8 bytes,
   or a length and that many bytes, which may be a message themselves. Errors name the byte of the
   file. Source: protobuf.dev, "Encoding". Not here: groups, which nobody writes any more. */
#ifndef XATTN_PROTOBUF_H
#define XATTN_PROTOBUF_H

#include <stdint.h>

#include "base/error.h"

enum { PROTOBUF_VARINT = 0, PROTOBUF_FIXED64 = 1, PROTOBUF_BYTES = 2, PROTOBUF_FIXED32 = 5 };

/* The part [at, end) of a file that is still to be read. */
typedef struct {
    const unsigned char *file;
    size_t at, end;
} ProtobufReader;

typedef struct {
    unsigned number, type;
    size_t offset;         // of the field in the file, for messages
    uint64_t value;        // of a varint or fixed field
    ProtobufReader bytes;  // of a field of bytes; empty in others
} ProtobufField;

/* Reads the next field; false at the end of the message, and on an error, which sets *ok to false. */
bool protobuf_next(ProtobufReader *reader, ProtobufField *field, bool *ok, Error *err);

/* Whether the field has the wire type that one called `name` must have. */
bool protobuf_expect(const ProtobufField *field, unsigned type, const char *name, Error *err);

bool protobuf_bool(const ProtobufField *field, bool *value, Error *err);

#endif
