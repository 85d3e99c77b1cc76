// P A = L U of matrices by rows. LAPACK eliminates by columns, so only a panel of some columns at a time is turned for it; rows are
// exchanged, and the rest is brought up to date, as they lie. That is faster than LAPACK's own elimination of as large a matrix.

#include <algorithm>

#include "factorization.h"

namespace adj {
namespace {

// Values of the C interface of BLAS.
constexpr int kRowMajor = 101, kPlain = 111, kLower = 122, kUnit = 132, kLeft = 141;

// Columns of a panel: measured with OpenBLAS and MKL on a Zen 4 from 64 to 1024.
int Width(int k) { return k <= 256 ? 16 : k <= 768 ? 32 : 64; }

// Rows of a panel that is turned, so that no two columns begin in the same set of the cache.
int Leading(int m, size_t element) {
  const int whole = (m + 7) / 8 * 8;
  return whole * element % 512 == 0 ? whole + 8 : whole;
}

// to[j * to_row + i] = from[i * from_row + j].
template <class T>
void Turn(const T* from, int64_t from_row, T* to, int64_t to_row, int rows, int columns) {
  constexpr int kTile = 8;
  for (int start = 0; start < rows; start += kTile) {
    const int end = std::min(start + kTile, rows);
    for (int j = 0; j < columns; ++j) {
      for (int i = start; i < end; ++i) to[j * to_row + i] = from[i * from_row + j];
    }
  }
}

// One panel: its columns from the diagonal on become L and U, and its pivots count from the first row of the matrix.
template <class T>
void Panel(const LapackOf<T>& lapack, int rows, int width, T* panel, int64_t row, int first, int32_t* pivots, T* turned) {
  const int leading = Leading(rows, sizeof(T));
  int info = 0;
  Turn(panel, row, turned, leading, rows, width);
  lapack.getrf(&rows, &width, turned, &leading, pivots, &info);
  Right("lu", info);
  Turn(turned, leading, panel, row, width, rows);
  for (int i = 0; i < std::min(rows, width); ++i) pivots[i] += first - 1;
}

// Exchanges rows on both sides of a panel.
template <class T>
void Exchange(T* a, int64_t row, int first, int width, int columns, const int32_t* pivots, int count) {
  for (int i = 0; i < count; ++i) {
    T* x = a + (first + i) * row;
    T* y = a + pivots[i] * row;
    if (x == y) continue;
    std::swap_ranges(x, x + first, y);
    std::swap_ranges(x + first + width, x + columns, y + first + width);
  }
}

template <class T>
void Eliminate(const LapackOf<T>& lapack, int m, int n, T* a, int32_t* pivots, T* turned) {
  const int k = std::min(m, n), block = Width(k);
  const int64_t row = n;
  for (int j = 0; j < k; j += block) {
    const int width = std::min(block, k - j), below = m - j - width, beside = n - j - width;
    T* panel = a + j * row + j;
    Panel(lapack, m - j, width, panel, row, j, pivots + j, turned);
    Exchange(a, row, j, width, n, pivots + j, width);
    if (beside <= 0) continue;
    T* top = panel + width;
    T* left = panel + width * row;
    lapack.trsm(kRowMajor, kLeft, kLower, kPlain, kUnit, width, beside, T(1), panel, n, top, n);
    if (below <= 0) continue;
    lapack.gemm(kRowMajor, kPlain, kPlain, below, beside, width, T(-1), left, n, top, n, T(1), left + width, n);
  }
}

template <class T>
adj_status Lu(const adj_library* library, int64_t rows, int64_t columns, T* a, int32_t* pivots, void* scratch, size_t bytes) noexcept {
  return Guard([&] {
    const LapackOf<T>& lapack = Functions<T>("lu", library);
    const int m = Extent("lu", rows), n = Extent("lu", columns), k = std::min(m, n);
    if (k == 0) return;
    Need("lu", a != nullptr && pivots != nullptr);
    Scratch room("lu", scratch, bytes);
    Eliminate(lapack, m, n, a, pivots, room.Take<T>(static_cast<size_t>(Leading(m, sizeof(T))) * static_cast<size_t>(Width(k))));
  });
}

}  // namespace

size_t EliminationScratch(int m, int n, size_t element) {
  return Scratch::Round(static_cast<size_t>(Leading(m, element)) * static_cast<size_t>(Width(std::min(m, n))) * element);
}

}  // namespace adj

extern "C" {

adj_status adj_lu_rows_f32(const adj_library* library, int64_t m, int64_t n, float* a, int32_t* pivots, void* scratch,
                           size_t bytes) noexcept {
  return adj::Lu(library, m, n, a, pivots, scratch, bytes);
}

adj_status adj_lu_rows_f64(const adj_library* library, int64_t m, int64_t n, double* a, int32_t* pivots, void* scratch,
                           size_t bytes) noexcept {
  return adj::Lu(library, m, n, a, pivots, scratch, bytes);
}

}  // extern "C"
