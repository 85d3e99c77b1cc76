// The functions of LAPACK, and what they need of BLAS, as OpenBLAS and MKL have them: bound by name.

#ifndef ADJOINT_LAPACK_H
#define ADJOINT_LAPACK_H

#include <cstddef>
#include <memory>

namespace adj {

class Library;

// Fortran's conventions: arguments by address, columns contiguous, and the lengths of texts at the end.
using Text = const char*;
using Length = size_t;

template <class T>
struct LapackOf {
  // Values of the C interface of BLAS: order, side, triangle, transposition, diagonal.
  void (*gemm)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);
  void (*trsm)(int, int, int, int, int, int, int, T, const T*, int, T*, int);
  void (*potrf)(Text, const int*, T*, const int*, int*, Length);
  void (*getrf)(const int*, const int*, T*, const int*, int*, int*);
  void (*gelqf)(const int*, const int*, T*, const int*, T*, T*, const int*, int*);
  void (*orglq)(const int*, const int*, const int*, T*, const int*, const T*, T*, const int*, int*);
  void (*syevd)(Text, Text, const int*, T*, const int*, T*, T*, const int*, int*, const int*, int*, Length, Length);
  void (*gesdd)(Text, const int*, const int*, T*, const int*, T*, T*, const int*, T*, const int*, T*, const int*, int*, int*, Length);
};

class Lapack {
 public:
  // Null where one of the functions is missing.
  static std::unique_ptr<Lapack> Find(const Library& library);

  template <class T>
  const LapackOf<T>& Of() const;

 private:
  LapackOf<float> single_ = {};
  LapackOf<double> double_ = {};
};

template <>
inline const LapackOf<float>& Lapack::Of<float>() const {
  return single_;
}

template <>
inline const LapackOf<double>& Lapack::Of<double>() const {
  return double_;
}

}  // namespace adj

#endif  // ADJOINT_LAPACK_H
