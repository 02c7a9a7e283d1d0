/* learn: trains a small translator and shows how its cross-attention learns where to look

       ./learn numbers              into build/learn/numbers: a model, and learn.html, the film
       ./learn dates --watch        the film on the terminal, while it is made
       ./learn dates --heads 1      an experiment, into build/learn/dates-heads-1

   Lessons 11 and 12 explain it. To read: tasks.c (what is learned), network.c (weights), pass.c (forwards
   and back), backward.c (the gradients), trainer.c (a step), and here, the loop. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/threads.h"
#include "files.h"
#include "film.h"
#include "nn/matrix.h"

enum { BATCH = 64, HELD_OUT = 512, MOST_HEADS = 16 };

static const NetworkShape SHAPE = {.d = 64,
                                   .heads = 4,
                                   .ffn = 128,
                                   .encoder_layers = 2,
                                   .decoder_layers = 1,
                                   .activation = ACTIVATION_SWISH};
static const Recipe RECIPE = {.rate = 3e-3F, .warmup = 200, .smoothing = 0.1F, .clip = 1.0F};

typedef struct {
    const Task *task;
    const char *directory;
    size_t steps, seed, heads, threads;
    Experiment experiment;
    bool watch, help;
} Options;

/* The state of a run. */
typedef struct {
    Options options;
    Pieces pieces;
    Network net;
    Trainer trainer;
    Film film;
    Example held_out[HELD_OUT];
    size_t found[MOST_HEADS];
    Score score;          // of the latest test
    size_t alignment[2];  // the layer and head that look at the right place most often
    double floor;         // the least loss
    Arena arena;
} Run;

/* ---- options ---- */

static const char usage_text[] =
    "usage: learn TASK [OPTIONS]\n"
    "\n"
    "Trains a small translator, and shows how its cross-attention learns where to look. TASK:\n"
    "%s\n"
    "  -o DIR            where the model and learn.html go (default build/learn/TASK,\n"
    "                    with the experiments behind it: build/learn/dates-guided)\n"
    "      --steps N     of training (default: as many as the task needs)\n"
    "      --seed N      of weights and examples (default 1)\n"
    "      --threads N   (default: one a processor core; the result does not depend on it)\n"
    "      --watch       show the map of one example while it changes\n"
    "  -h, --help        this text\n"
    "\n"
    "Experiments:\n"
    "      --heads N         heads of every attention, 1, 2, 4 or 8 (default 4)\n"
    "      --no-positions    no sinusoids: the network is not told the order\n"
    "      --no-residual     LayerNorm(f(x)) instead of LayerNorm(x + f(x)); writes no model\n"
    "      --no-scaling      scores are not divided by the root of the head's width\n"
    "      --mean-memory     every position of the encoder's output is the mean of all\n"
    "      --guided          head 0 is told where to look\n";

static void usage(FILE *to) {
    Buffer list = {0};
    for (size_t i = 0; i < N_TASKS; i++)
        buffer_format(&list, "  %-10s%s\n", tasks[i].name, tasks[i].summary);
    fprintf(to, usage_text, list.data ? list.data : "");
    buffer_free(&list);
}

/* Reads an integer from least to most. */
static bool parse_size(const char *name, const char *text, size_t least, size_t most,
                       size_t *value) {
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    *value = (size_t)number;
    if (*text >= '0' && *text <= '9' && !*end && number >= least && number <= most) return true;
    fprintf(stderr, "learn: --%s is \"%s\", expected a number from %zu to %zu\n", name, text, least,
            most);
    return false;
}

static const Task *find_task(const char *name) {
    for (const Task *task = tasks; task < tasks + N_TASKS; task++)
        if (strcmp(name, task->name) == 0) return task;
    return NULL;
}

/* What getopt returns for an option: one of these, and which. */
enum { FLAGS = 256, SIZES = 512 };
static const struct option known[] = {{"watch", no_argument, NULL, FLAGS + 0},
                                      {"no-positions", no_argument, NULL, FLAGS + 1},
                                      {"no-residual", no_argument, NULL, FLAGS + 2},
                                      {"no-scaling", no_argument, NULL, FLAGS + 3},
                                      {"mean-memory", no_argument, NULL, FLAGS + 4},
                                      {"guided", no_argument, NULL, FLAGS + 5},
                                      {"help", no_argument, NULL, 'h'},
                                      {"steps", required_argument, NULL, SIZES + 0},
                                      {"seed", required_argument, NULL, SIZES + 1},
                                      {"threads", required_argument, NULL, SIZES + 2},
                                      {"heads", required_argument, NULL, SIZES + 3},
                                      {NULL, 0, NULL, 0}};

static bool parse_options(int argc, char **argv, Options *o) {
    bool *flags[] = {&o->watch,
                     &o->experiment.no_positions,
                     &o->experiment.no_residual,
                     &o->experiment.no_scaling,
                     &o->experiment.mean_memory,
                     &o->experiment.guided};
    size_t *sizes[] = {&o->steps, &o->seed, &o->threads, &o->heads};
    static const size_t least[] = {1, 0, 1, 1}, most[] = {1000000, 1000000, THREADS_MOST, 8};
    for (int option, i; (option = getopt_long(argc, argv, "ho:", known, &i)) != -1;) {
        if (option == '?') return false;
        size_t k = (size_t)option % FLAGS;
        if (option == 'h')
            o->help = true;
        else if (option == 'o')
            o->directory = optarg;
        else if (option < SIZES)
            *flags[k] = true;
        else if (!parse_size(known[i].name, optarg, least[k], most[k], sizes[k]))
            return false;
    }
    if (SHAPE.d % o->heads != 0) {
        fprintf(stderr, "learn: --heads is \"%zu\", expected 1, 2, 4 or 8\n", o->heads);
        return false;
    }
    o->task = optind + 1 == argc ? find_task(argv[optind]) : NULL;
    if (o->task && !o->steps) o->steps = o->task->steps;
    if (o->task || o->help) return true;
    usage(stderr);
    if (optind + 1 == argc) fprintf(stderr, "\nlearn: there is no task \"%s\"\n", argv[optind]);
    return false;
}

/* ---- what a run leaves behind ---- */

/* The experiments of a run: the end of its directory's name, or a sentence each for its film. */
static void describe(const Options *o, bool for_name, Buffer *out) {
    const Experiment *e = &o->experiment;
    const struct {
        bool on;
        const char *name, *sentence;
    } all[] = {{e->no_positions, "-no-positions", "Without positions. "},
               {e->no_residual, "-no-residual", "Without residual. "},
               {e->no_scaling, "-no-scaling", "Without scaling. "},
               {e->mean_memory, "-mean-memory", "Memory replaced by its mean. "},
               {e->guided, "-guided", "Guided attention. "}};
    if (o->heads != SHAPE.heads)
        buffer_format(out, for_name ? "-heads-%zu" : "Heads: %zu. ", o->heads);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].on) buffer_string(out, for_name ? all[i].name : all[i].sentence);
}

/* The film so far. */
static bool write_film(const Run *run, Error *err) {
    Buffer page = {0}, remark = {0};
    describe(&run->options, false, &remark);
    film_page(&run->film, run->floor, remark.data ? remark.data : "", &page);
    bool ok = buffer_ok(&remark, "the film", err) &&
              files_write(run->options.directory, "learn.html", &page, err);
    buffer_free(&page);
    buffer_free(&remark);
    return ok;
}

static bool write_model(const Run *run, Error *err) {
    const char *directory = run->options.directory;
    const Experiment *e = &run->options.experiment;
    printf("%s/learn.html is the film\n", directory);
    if (e->no_residual) {
        puts("No model was written: readers of MarianMT directories would add the residual.");
        return true;
    }
    if (!files_write_model(directory, run->options.task, &run->pieces, &run->net, run->alignment,
                           err))
        return false;
    printf("%s is a model: try ./xattn %s -m %s\n", directory,
           e->mean_memory ? "translate --uniform-attention 0" : "align --pieces", directory);
    return true;
}

/* ---- training ---- */

static bool prepare(Run *run, Error *err) {
    const Options *o = &run->options;
    if (!matrix_prepare(err) || !task_pieces(o->task, &run->pieces, &run->arena, err)) return false;
    NetworkShape shape = SHAPE;
    shape.vocab = run->pieces.n;
    shape.heads = o->heads;
    if (!network_make(&run->net, shape, o->experiment, &run->arena, err)) return false;
    network_initialise(&run->net, (unsigned)o->seed);
    Recipe recipe = RECIPE;
    recipe.steps = o->steps;
    recipe.warmup = o->steps < 2 * RECIPE.warmup ? o->steps / 2 : RECIPE.warmup;
    recipe.threads = o->threads;
    if (!trainer_make(&run->trainer, &run->net, recipe, &run->arena, err)) return false;
    Random random = random_start(HELD_OUT);  // the same examples for every seed
    for (size_t i = 0; i < HELD_OUT; i++)
        run->held_out[i] = task_example(o->task, &run->pieces, &random, true);
    run->film = (Film){o->task, &run->pieces, &run->net.shape, run->held_out, {0}};
    float others = RECIPE.smoothing / (float)shape.vocab, right = 1.0F - RECIPE.smoothing + others;
    run->floor = -(double)(right * logf(right) + (float)(shape.vocab - 1) * others * logf(others));
    return true;
}

/* Tests, and adds what it finds to the film. */
static bool test(Run *run, double loss, Error *err) {
    size_t heads = run->net.shape.heads, best = 0;
    memset(run->found, 0, sizeof run->found);
    run->score = (Score){.found = run->found};
    if (!trainer_test(&run->trainer, run->held_out, HELD_OUT, &run->score, err)) return false;
    for (size_t k = 1; k < run->net.shape.decoder_layers * heads; k++)
        if (run->found[k] > run->found[best]) best = k;
    run->alignment[0] = best / heads;
    run->alignment[1] = best % heads;
    film_frame(&run->film, &run->trainer, loss, &run->score);
    return true;
}

static double percent(size_t part, size_t whole) { return 100.0 * (double)part / (double)whole; }

static bool flush(Error *err) {
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           error_set(err, "standard output cannot be written");
}

/* A line of figures; to watch, the map of an example below it. */
static bool report(Run *run, double loss, double tokens_per_second, Error *err) {
    size_t best = run->alignment[0] * run->net.shape.heads + run->alignment[1];
    bool color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    Buffer out = {0};
    if (run->options.watch && color) buffer_string(&out, "\033[H\033[J");
    buffer_format(
        &out,
        "step %5zu   loss %.4f   exact %5.1f %%   head %zu aligned %5.1f %%   %.0f tokens/s\n",
        run->trainer.step, loss, percent(run->score.exact, run->score.n), run->alignment[1],
        percent(run->found[best], run->score.known), tokens_per_second);
    bool ok =
        !run->options.watch || film_draw(&run->film, &run->trainer, 0, run->alignment,
                                         (xattn_style){XATTN_STYLE, .color = color}, &out, err);
    ok = ok && buffer_ok(&out, "a line", err);
    if (ok) fwrite(out.data, 1, out.size, stdout);
    buffer_free(&out);
    return ok && flush(err);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Frames are frequent while much changes, lines are rare. The film is written before the first step, so that
   a directory that cannot be written to is seen then, and with each hundredth. */
static bool train(Run *run, Error *err) {
    Example batch[BATCH];
    Random random = random_start(run->options.seed + 1);
    double loss, losses = 0.0, began = seconds();
    size_t n_losses = 0, n_tokens = 0, steps = run->options.steps;
    if (!test(run, NAN, err) || !write_film(run, err)) return false;
    for (size_t step = 1; step <= steps; step++) {
        for (size_t i = 0; i < BATCH; i++)
            batch[i] = task_example(run->options.task, &run->pieces, &random, false);
        if (!trainer_step(&run->trainer, batch, BATCH, &loss, err)) return false;
        losses += loss;
        n_losses++;
        n_tokens += run->trainer.n_tokens;
        if (step % (step <= 400 ? 10 : 50) && step != steps) continue;
        loss = losses / (double)n_losses;
        if (!test(run, loss, err)) return false;
        losses = 0.0;
        n_losses = 0;
        bool rare = step % 100 == 0 || step == steps;
        double speed = (double)n_tokens / (seconds() - began);
        if ((rare || run->options.watch) && !report(run, loss, speed, err)) return false;
        if (rare && !write_film(run, err)) return false;
    }
    return true;
}

int main(int argc, char **argv) {
    static Run run;  // too large for a stack
    Error err = {0};
    Buffer directory = {0};
    run.options = (Options){.seed = 1, .heads = SHAPE.heads, .threads = threads_cores()};
    if (!parse_options(argc, argv, &run.options)) return 2;
    if (run.options.help) {
        usage(stdout);
        return flush(&err) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    buffer_format(&directory, "build/learn/%s", run.options.task->name);
    describe(&run.options, true, &directory);
    if (!run.options.directory) run.options.directory = directory.data;
    bool ok = buffer_ok(&directory, "a path", &err) &&
              files_make_directory(run.options.directory, &err) && prepare(&run, &err) &&
              train(&run, &err) && write_model(&run, &err) && flush(&err);
    if (!ok) fprintf(stderr, "learn: %s\n", err.text);
    buffer_free(&directory);
    buffer_free(&run.film.frames);
    network_free(&run.net);
    arena_free(&run.arena);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
