#include "cli/activations.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char what[] = "a trace";

static ActivationArray *array_named(Activations *all, const char *name) {
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->arrays[i].name, name) == 0) return &all->arrays[i];
    if (all->n == all->capacity) {
        size_t capacity = all->capacity ? 2 * all->capacity : 64;
        ActivationArray *arrays = realloc(all->arrays, capacity * sizeof *arrays);
        if (!arrays) {
            error_memory(&all->error, capacity * sizeof *arrays, what);
            return NULL;
        }
        all->arrays = arrays;
        all->capacity = capacity;
    }
    ActivationArray *array = &all->arrays[all->n++];
    *array = (ActivationArray){.heads = 1};
    snprintf(array->name, sizeof array->name, "%s", name);
    return array;
}

static bool append(Activations *all, ActivationArray *array, const xattn_activation *shown) {
    size_t size = shown->n_rows * shown->n_columns;
    size_t head = shown->head < 0 ? 0 : (size_t)shown->head;
    ActivationRows *rows = arena_array(&all->memory, 1, sizeof *rows, what, &all->error);
    float *values = arena_floats(&all->memory, size, what, &all->error);
    if (!rows || !values) return false;
    memcpy(values, shown->values, size * sizeof *values);
    *rows = (ActivationRows){head, shown->n_rows, shown->n_columns, values, NULL};
    if (array->last)
        array->last->next = rows;
    else
        array->first = rows;
    array->last = rows;
    array->has_heads = shown->head >= 0;
    if (head == 0) array->n += shown->n_rows;
    if (head + 1 > array->heads) array->heads = head + 1;
    if (shown->n_columns > array->m) array->m = shown->n_columns;
    return true;
}

void activations_take(void *context, const xattn_activation *shown) {
    Activations *all = context;
    char name[ACTIVATION_NAME];
    if (all->failed) return;
    snprintf(name, sizeof name, "%s.%s", shown->scope, shown->name);
    ActivationArray *array = array_named(all, name);
    all->failed = !array || !append(all, array, shown);
}

const float *activations_values(Activations *all, size_t i, Error *err) {
    const ActivationArray *array = &all->arrays[i];
    size_t per_head = array->n * array->m, size = array->heads * per_head;
    bool is_scores = strcmp(strrchr(array->name, '.'), ".scores") == 0;
    float *values = arena_floats(&all->memory, size, what, err);
    size_t *filled = arena_array(&all->memory, array->heads, sizeof *filled, what, err);
    if (!values || !filled) return NULL;
    for (size_t k = 0; is_scores && k < size; k++) values[k] = -INFINITY;
    for (const ActivationRows *rows = array->first; rows; rows = rows->next)
        for (size_t r = 0; r < rows->n; r++) {
            float *row = values + rows->head * per_head + filled[rows->head]++ * array->m;
            memcpy(row, rows->values + r * rows->m, rows->m * sizeof *row);
        }
    return values;
}

void activations_free(Activations *all) {
    free(all->arrays);
    arena_free(&all->memory);
    *all = (Activations){0};
}
