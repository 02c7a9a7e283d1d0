/* page.h: the parts of the page as arrays, which embed.sh writes during the build */
#ifndef XATTN_PAGE_H
#define XATTN_PAGE_H

#include <stddef.h>

extern const unsigned char page_css[], page_html[], maps_js[], steps_js[], page_js[];
extern const size_t page_css_size, page_html_size, maps_js_size, steps_js_size, page_js_size;

#endif
