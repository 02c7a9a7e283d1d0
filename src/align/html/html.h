/* html.h: a report to explore in a browser, in one file

   For every sentence: both sentences, where a word pointed at shows what it looked at and was looked
   at by; all layers and heads to choose from; the map; and the decoder's steps, with the runners-up of
   every piece if they are known. Light and dark, for mouse and keyboard. The file loads nothing: its
   policy forbids it (Content-Security-Policy).

       html_begin       <head>, page.css, page.html
       html_sentence    the data of one sentence as JSON, in a <script> that is not run; as often as
                        there are sentences
       html_end         page.js, which draws the rest

   page.css, page.html and page.js lie beside this file; the Makefile makes C arrays of them with
   embed.sh. What comes from outside (sentences, pieces, the title) is escaped: in JSON, < > and & are
   written \u003c and so on, so that no text can end the script that holds it. */
#ifndef XATTN_HTML_H
#define XATTN_HTML_H

#include "align/map.h"

/* Appends the start of a report. The map of `first` is what the page shows first; its remark ("the
   model's alignment head") may be NULL. */
bool html_begin(const char *title, MapChoice first, const char *remark, Buffer *out, Error *err);

/* Appends one sentence: the text that was translated, valid UTF-8, and its translation, with its
   attention. Its logprobs and runners-up are shown if it has them. */
bool html_sentence(const char *source, const xattn_translation *translation, Buffer *out,
                   Error *err);

/* Appends the end of the report. */
bool html_end(Buffer *out, Error *err);

#endif
