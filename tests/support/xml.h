/* xml.h: whether a document is well-formed XML, as far as ours go: one element with what is inside it,
   attributes in double quotes, no comments, no CDATA, no document type, at most an XML declaration in
   front. Source: Extensible Markup Language (XML) 1.0, fifth edition. */
#ifndef XATTN_XML_H
#define XATTN_XML_H

#include <stddef.h>

/* NULL if text [n] is well-formed; else what is wrong, and *at is the byte where. */
const char *xml_fault(const char *text, size_t n, size_t *at);

#endif
