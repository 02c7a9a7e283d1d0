/* model.h: the public model */
#ifndef XATTN_PUBLIC_MODEL_H
#define XATTN_PUBLIC_MODEL_H

#include "model/model.h"

struct xattn_model {
    Model *model;
    xattn_info info;
};

#endif
