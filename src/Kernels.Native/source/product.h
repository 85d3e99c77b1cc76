// A product as BLAS wants it: which operand is transposed, and how far its rows (or columns) lie apart.

#ifndef ADJOINT_PRODUCT_H
#define ADJOINT_PRODUCT_H

#include <cstdint>

#include "adjoint_kernels.h"

namespace adj {

// One operand: row-major with rows `leading` apart, or the transpose of such a matrix.
struct Operand {
  bool transposed;
  int64_t leading;
};

struct BlasShape {
  Operand a, b;
  int64_t c_leading;
};

// Fails with ADJ_UNSUPPORTED where neither rows nor columns of an operand are contiguous.
BlasShape ToBlas(const adj_product& shape);

// Calls multiply(a, b, c) for each product of the batch.
template <class T, class Multiply>
void ForBatch(const adj_product& shape, const T* a, const T* b, T* c, Multiply multiply) {
  for (int64_t i = 0; i < shape.batch; ++i) {
    multiply(a + i * shape.a_batch, b + i * shape.b_batch, c + i * shape.c_batch);
  }
}

}  // namespace adj

#endif  // ADJOINT_PRODUCT_H
