/* protobuf.h: the wire format of protocol buffers, as far as a .spm file needs it

   A message is a sequence of fields. A field begins with a varint (7 bits a byte, the lowest first; the
   top bit is set if more bytes follow) that holds number << 3 | wire type. Its value follows: a varint,
   4 or 8 bytes, or a length and that many bytes, which may be a message. Errors name the byte of the
   file. Source: protobuf.dev, "Encoding". Not supported: groups, which are obsolete. */
#ifndef XATTN_PROTOBUF_H
#define XATTN_PROTOBUF_H

#include <stdint.h>

#include "base/error.h"

enum { PROTOBUF_VARINT = 0, PROTOBUF_FIXED64 = 1, PROTOBUF_BYTES = 2, PROTOBUF_FIXED32 = 5 };

/* The unread part [at, end) of a file. */
typedef struct {
    const unsigned char *file;
    size_t at, end;
} ProtobufReader;

typedef struct {
    unsigned number, type;
    size_t offset;         // of the field in the file, for error messages
    uint64_t value;        // of a varint or fixed field
    ProtobufReader bytes;  // of a bytes field; empty in others
} ProtobufField;

/* Reads the next field. Returns false at the end of the message, and after an error, which also sets
   *ok to false. */
bool protobuf_next(ProtobufReader *reader, ProtobufField *field, bool *ok, Error *err);

/* Checks the wire type of a field; the error calls the field `name`. */
bool protobuf_expect(const ProtobufField *field, unsigned type, const char *name, Error *err);

bool protobuf_bool(const ProtobufField *field, bool *value, Error *err);

#endif
