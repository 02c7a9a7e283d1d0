/* align.c: each text's translation and its cross-attention maps */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "align/map_json.h"
#include "align/terminal.h"
#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/run.h"

/* Columns of the terminal; 0, which is no limit, if the map goes elsewhere. */
static int terminal_width(const Options *options) {
    struct winsize size;
    if (options->output || !isatty(STDOUT_FILENO)) return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

static bool write_terminal(const Request *request, const xattn_translation *t, const MapList *maps,
                           Buffer *out, Error *err) {
    const Options *options = request->options;
    TerminalStyle style = {options->color, options->ascii, terminal_width(options)};
    for (size_t i = 0; i < maps->n; i++) {
        const char *remark = choice_remark(&request->info, &maps->items[i]);
        if (!terminal_draw(&maps->items[i], t->text, remark, style, out, err)) return false;
        buffer_byte(out, '\n');
    }
    return true;
}

static bool write_maps(const Request *request, const char *source, const xattn_translation *t,
                       Buffer *out, Error *err) {
    MapList maps = {0};
    if (!map_make(t, request->choice, &maps, err)) return false;
    bool ok;
    if (request->options->format == FORMAT_JSON) {
        ok = map_json_alignment(source, t->text, &maps, out, err);
        buffer_byte(out, '\n');
    } else {
        ok = write_terminal(request, t, &maps, out, err);
    }
    map_list_free(&maps);
    return ok;
}

int command_align(const Options *options) {
    xattn_options wanted = {.max_length = options->max_length,
                            .attention = true,
                            .no_shortlist = options->no_shortlist,
                            .no_split = options->no_split};
    return run_translations(options, &wanted, write_maps);
}
