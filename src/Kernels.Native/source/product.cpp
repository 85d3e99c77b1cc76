#include "product.h"

#include <algorithm>
#include <limits>

#include "provider.h"
#include "status.h"

namespace adj {
namespace {

constexpr int64_t kLimit = std::numeric_limits<int32_t>::max();

bool Within(int64_t value) { return value >= 0 && value <= kLimit; }

// A leading dimension is at least the length of what it separates, even where there is only one.
bool Leads(int64_t stride, int64_t count, int64_t length) { return count <= 1 || (stride >= length && stride <= kLimit); }

Operand Place(const char* name, int64_t rows, int64_t columns, int64_t row, int64_t column) {
  if ((column == 1 || columns <= 1) && Leads(row, rows, columns)) {
    return {false, rows <= 1 ? std::max<int64_t>(columns, 1) : row};
  }
  if ((row == 1 || rows <= 1) && Leads(column, columns, rows)) {
    return {true, columns <= 1 ? std::max<int64_t>(rows, 1) : column};
  }
  throw Failure(ADJ_UNSUPPORTED, std::string("product: neither rows nor columns of ") + name + " are contiguous.");
}

template <class T>
void Clear(const adj_product& shape, T* c) {
  for (int64_t i = 0; i < shape.batch; ++i) {
    for (int64_t row = 0; row < shape.m; ++row) std::fill_n(c + i * shape.c_batch + row * shape.c_row, shape.n, T(0));
  }
}

template <class T>
adj_status Run(const adj_library* library, const adj_product* shape, const T* a, const T* b, T* c) noexcept {
  return Guard([&] {
    if (library == nullptr || shape == nullptr) throw Failure(ADJ_BAD_ARGUMENT, "product: no library or no shape.");
    const adj_product& s = *shape;
    if (!Within(s.m) || !Within(s.n) || !Within(s.k) || s.batch < 0) {
      throw Failure(ADJ_BAD_ARGUMENT, "product: an extent is negative or 2^31 and more.");
    }
    if (s.batch == 0 || s.m == 0 || s.n == 0) return;
    if (c == nullptr || (s.k != 0 && (a == nullptr || b == nullptr))) {
      throw Failure(ADJ_BAD_ARGUMENT, "product: an operand is null.");
    }
    if (s.k == 0) {
      Clear(s, c);
    } else {
      library->provider->Product(s, a, b, c);
    }
  });
}

}  // namespace

BlasShape ToBlas(const adj_product& s) {
  if (!Leads(s.c_row, s.m, s.n)) throw Failure(ADJ_BAD_ARGUMENT, "product: rows of c overlap or lie 2^31 and more apart.");
  return {Place("a", s.m, s.k, s.a_row, s.a_column), Place("b", s.k, s.n, s.b_row, s.b_column),
          s.m <= 1 ? s.n : s.c_row};
}

}  // namespace adj

extern "C" {

adj_status adj_product_f32(const adj_library* library, const adj_product* shape, const float* a, const float* b,
                           float* c) noexcept {
  return adj::Run(library, shape, a, b, c);
}

adj_status adj_product_f64(const adj_library* library, const adj_product* shape, const double* a, const double* b,
                           double* c) noexcept {
  return adj::Run(library, shape, a, b, c);
}

}  // extern "C"
