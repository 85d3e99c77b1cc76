// Factorizations of dense matrices by LAPACK. It takes matrices by columns, so a matrix given by rows is its transpose to LAPACK:
// the lower triangle is its upper one, and Q R, read by columns, is R' Q'. Only elimination has no such reading: see elimination.cpp.

#include "factorization.h"

#include <algorithm>

namespace adj {
namespace {

template <class T>
adj_status Cholesky(const adj_library* library, int64_t count, int64_t order, T* a, int32_t* failed) noexcept {
  return Guard([&] {
    const LapackOf<T>& lapack = Functions<T>("cholesky", library);
    const int n = Extent("cholesky", order);
    Need("cholesky", count <= 0 || (failed != nullptr && (n == 0 || a != nullptr)));
    for (int64_t i = 0; i < count; ++i) {
      int info = 0;
      if (n > 0) lapack.potrf("U", &n, a + i * order * order, &n, &info, 1);
      Right("cholesky", info);
      failed[i] = info;
    }
  });
}

template <class T>
adj_status Solve(const adj_library* library, const adj_triangle* shape, const T* a, T* b) noexcept {
  constexpr int kRowMajor = 101, kPlain = 111, kTransposed = 112, kUpper = 121, kLower = 122, kAny = 131, kUnit = 132, kLeft = 141, kRight = 142;
  return Guard([&] {
    const LapackOf<T>& lapack = Functions<T>("triangular_solve", library);
    Need("triangular_solve", shape != nullptr);
    const int n = Extent("triangular_solve", shape->n), k = Extent("triangular_solve", shape->k);
    if (n == 0 || k == 0 || shape->count <= 0) return;
    Need("triangular_solve", a != nullptr && b != nullptr);
    const int rows = shape->left ? n : k, columns = shape->left ? k : n;
    for (int64_t i = 0; i < shape->count; ++i) {
      lapack.trsm(kRowMajor, shape->left ? kLeft : kRight, shape->lower ? kLower : kUpper, shape->transposed ? kTransposed : kPlain,
                  shape->unit ? kUnit : kAny, rows, columns, T(1), a + i * shape->n * shape->n, n, b + i * shape->n * shape->k, columns);
    }
  });
}

template <class T>
size_t QrScratch(const LapackOf<T>& lapack, int m, int n) {
  const int k = std::min(m, n), asked = -1, lead = std::max(n, 1);
  int info = 0;
  T factor = 0, form = 0;
  lapack.gelqf(&n, &m, nullptr, &lead, nullptr, &factor, &asked, &info);
  Right("qr", info);
  const int rows = std::max(k, 1);
  lapack.orglq(&k, &m, &k, nullptr, &rows, nullptr, &form, &asked, &info);
  Right("qr", info);
  return Scratch::Round(sizeof(T) * static_cast<size_t>(std::max(k, 1))) + sizeof(T) * std::max(Asked(factor), Asked(form));
}

// By columns a is A' [n, m], and A' = R' Q'.
template <class T>
adj_status Qr(const adj_library* library, int64_t rows, int64_t columns, T* a, T* q, T* r, void* scratch, size_t bytes) noexcept {
  return Guard([&] {
    const LapackOf<T>& lapack = Functions<T>("qr", library);
    const int m = Extent("qr", rows), n = Extent("qr", columns), k = std::min(m, n);
    if (k == 0) return;
    Need("qr", a != nullptr && q != nullptr && r != nullptr);
    Scratch room("qr", scratch, bytes);
    T* tau = room.Take<T>(static_cast<size_t>(k));
    const int rest = room.Rest<T>();
    T* work = room.Take<T>(0);
    int info = 0;
    lapack.gelqf(&n, &m, a, &n, tau, work, &rest, &info);
    Right("qr", info);
    for (int64_t i = 0; i < k; ++i) {
      std::fill_n(r + i * columns, i, T(0));
      std::copy_n(a + i * columns + i, columns - i, r + i * columns + i);
    }
    for (int64_t i = 0; i < rows; ++i) std::copy_n(a + i * columns, k, q + i * k);
    lapack.orglq(&k, &m, &k, q, &k, tau, work, &rest, &info);
    Right("qr", info);
  });
}

template <class T>
size_t EighScratch(const LapackOf<T>& lapack, int n) {
  const int asked = -1, lead = std::max(n, 1);
  int info = 0, whole = 0;
  T work = 0;
  lapack.syevd("V", "U", &n, nullptr, &lead, nullptr, &work, &asked, &whole, &asked, &info, 1, 1);
  Right("eigh", info);
  return Scratch::Round(sizeof(int) * static_cast<size_t>(whole)) + sizeof(T) * Asked(work);
}

template <class T>
adj_status Eigh(const adj_library* library, int64_t order, T* a, T* w, int32_t* failed, void* scratch, size_t bytes) noexcept {
  return Guard([&] {
    const LapackOf<T>& lapack = Functions<T>("eigh", library);
    const int n = Extent("eigh", order);
    Need("eigh", failed != nullptr);
    *failed = 0;
    if (n == 0) return;
    Need("eigh", a != nullptr && w != nullptr);
    Scratch room("eigh", scratch, bytes);
    // LAPACK's bound, 3 + 5 n, in numbers of 64 bits.
    const int whole = static_cast<int>(std::min<int64_t>(3 + 5 * order, std::numeric_limits<int32_t>::max()));
    int* wholes = room.Take<int>(static_cast<size_t>(whole));
    const int rest = room.Rest<T>();
    lapack.syevd("V", "U", &n, a, &n, w, room.Take<T>(0), &rest, wholes, &whole, failed, 1, 1);
    Right("eigh", *failed);
  });
}

template <class T>
size_t SvdScratch(const LapackOf<T>& lapack, int m, int n) {
  const int k = std::max(std::min(m, n), 1), asked = -1, lead = std::max(n, 1);
  int info = 0, wholes = 0;
  T work = 0;
  lapack.gesdd("S", &n, &m, nullptr, &lead, nullptr, nullptr, &lead, nullptr, &k, &work, &asked, &wholes, &info, 1);
  Right("svd", info);
  return Scratch::Round(sizeof(int) * 8 * static_cast<size_t>(k)) + sizeof(T) * Asked(work);
}

// By columns a is A' [n, m] = V diag(s) U': V by columns is vt by rows, and U' by columns is U by rows.
template <class T>
adj_status Svd(const adj_library* library, int64_t rows, int64_t columns, T* a, T* u, T* s, T* vt, int32_t* failed, void* scratch,
               size_t bytes) noexcept {
  return Guard([&] {
    const LapackOf<T>& lapack = Functions<T>("svd", library);
    const int m = Extent("svd", rows), n = Extent("svd", columns), k = std::min(m, n);
    Need("svd", failed != nullptr);
    *failed = 0;
    if (k == 0) return;
    Need("svd", a != nullptr && u != nullptr && s != nullptr && vt != nullptr);
    Scratch room("svd", scratch, bytes);
    int* wholes = room.Take<int>(8 * static_cast<size_t>(k));
    const int rest = room.Rest<T>();
    lapack.gesdd("S", &n, &m, a, &n, s, vt, &n, u, &k, room.Take<T>(0), &rest, wholes, failed, 1);
    Right("svd", *failed);
  });
}

template <class T>
size_t ScratchOf(const adj_library* library, adj_factorization factorization, int m, int n) {
  const LapackOf<T>& lapack = Functions<T>("factorization", library);
  switch (factorization) {
    case ADJ_QR:
      return kLine + QrScratch(lapack, m, n);
    case ADJ_EIGH:
      return kLine + EighScratch(lapack, n);
    case ADJ_SVD:
      return kLine + SvdScratch(lapack, m, n);
    case ADJ_LU:
      return kLine + EliminationScratch(m, n, sizeof(T));
    default:
      throw Failure(ADJ_BAD_ARGUMENT, "factorization: there is none of number " + std::to_string(factorization) + ".");
  }
}

}  // namespace
}  // namespace adj

extern "C" {

adj_status adj_factorization_scratch(const adj_library* library, adj_factorization factorization, int32_t element, int64_t m,
                                     int64_t n, size_t* bytes) noexcept {
  return adj::Guard([&] {
    adj::Need("factorization", bytes != nullptr);
    const int rows = adj::Extent("factorization", m), columns = adj::Extent("factorization", n);
    if (element != sizeof(float) && element != sizeof(double)) {
      throw adj::Failure(ADJ_BAD_ARGUMENT, "factorization: elements are of 4 or 8 bytes.");
    }
    *bytes = element == sizeof(float) ? adj::ScratchOf<float>(library, factorization, rows, columns)
                                      : adj::ScratchOf<double>(library, factorization, rows, columns);
  });
}

adj_status adj_cholesky_f32(const adj_library* library, int64_t count, int64_t n, float* a, int32_t* failed) noexcept {
  return adj::Cholesky(library, count, n, a, failed);
}

adj_status adj_cholesky_f64(const adj_library* library, int64_t count, int64_t n, double* a, int32_t* failed) noexcept {
  return adj::Cholesky(library, count, n, a, failed);
}

adj_status adj_triangular_solve_f32(const adj_library* library, const adj_triangle* shape, const float* a, float* b) noexcept {
  return adj::Solve(library, shape, a, b);
}

adj_status adj_triangular_solve_f64(const adj_library* library, const adj_triangle* shape, const double* a, double* b) noexcept {
  return adj::Solve(library, shape, a, b);
}

adj_status adj_qr_f32(const adj_library* library, int64_t m, int64_t n, float* a, float* q, float* r, void* scratch,
                      size_t bytes) noexcept {
  return adj::Qr(library, m, n, a, q, r, scratch, bytes);
}

adj_status adj_qr_f64(const adj_library* library, int64_t m, int64_t n, double* a, double* q, double* r, void* scratch,
                      size_t bytes) noexcept {
  return adj::Qr(library, m, n, a, q, r, scratch, bytes);
}

adj_status adj_eigh_f32(const adj_library* library, int64_t n, float* a, float* w, int32_t* failed, void* scratch,
                        size_t bytes) noexcept {
  return adj::Eigh(library, n, a, w, failed, scratch, bytes);
}

adj_status adj_eigh_f64(const adj_library* library, int64_t n, double* a, double* w, int32_t* failed, void* scratch,
                        size_t bytes) noexcept {
  return adj::Eigh(library, n, a, w, failed, scratch, bytes);
}

adj_status adj_svd_f32(const adj_library* library, int64_t m, int64_t n, float* a, float* u, float* s, float* vt,
                       int32_t* failed, void* scratch, size_t bytes) noexcept {
  return adj::Svd(library, m, n, a, u, s, vt, failed, scratch, bytes);
}

adj_status adj_svd_f64(const adj_library* library, int64_t m, int64_t n, double* a, double* u, double* s, double* vt,
                       int32_t* failed, void* scratch, size_t bytes) noexcept {
  return adj::Svd(library, m, n, a, u, s, vt, failed, scratch, bytes);
}

}  // extern "C"
