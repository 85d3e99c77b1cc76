// MKL's interface of Fourier transforms.

#ifndef ADJOINT_DFTI_H
#define ADJOINT_DFTI_H

#include <memory>

#include "library.h"
#include "provider.h"

namespace adj {

// The functions of the interface; all null where a library has none of it.
struct Dfti {
  explicit Dfti(const Library& library);

  std::unique_ptr<FourierPlan> Plan(const adj_fourier& transform) const;

  using Handle = void*;
  long (*create)(Handle*, int precision, int domain, long dimension, ...);
  long (*set)(Handle, int parameter, ...);
  long (*commit)(Handle);
  long (*forward)(Handle, void* x, ...);
  long (*backward)(Handle, void* x, ...);
  long (*destroy)(Handle*);
  char* (*message)(long status);
};

}  // namespace adj

#endif  // ADJOINT_DFTI_H
