/* What cannot be translated, in bytes of any kind: spans in order, apart, inside the text, and the cuts
   of a long sentence outside of them. */
#include "fuzz.h"
#include "shipped.h"
#include "text/clauses.h"
#include "text/spans.h"

static Known known;

static void open_known(void) {
    static Tokenizer tokenizer;
    static Arena arena;
    Error err;
    if (known.side) return;
    require(shipped_tokenizer(&tokenizer, &arena, &err));
    known.side = &tokenizer.source;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static SpanList spans;
    const char *text = (const char *)bytes;
    Error err;
    size_t end = 0;
    open_known();
    require(spans_find(&known, text, n, &spans, &err));
    for (size_t i = 0; i < spans.n; i++) {
        const TextSpan *s = &spans.items[i];
        require(end <= s->begin && s->begin < s->end && s->end <= n);
        require((s->kind == SPAN_PLAIN) == (s->plain != NULL));
        end = s->end;
    }
    size_t cut = clauses_cut(text, &spans, 0, n);
    require(cut <= n && (cut > 0 || n == 0));
    for (size_t i = 0; i < spans.n && cut < n; i++)
        require(cut <= spans.items[i].begin || cut >= spans.items[i].end);
    for (size_t begin = 0, next; begin < n; begin = next) {
        next = clauses_slice(text, begin, n);
        require(next > begin && next <= n && next - begin <= CLAUSES_SLICE);
    }
    return 0;
}
