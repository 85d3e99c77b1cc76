// What all factorizations share: extents, the functions of a library, scratch memory.

#ifndef ADJOINT_FACTORIZATION_H
#define ADJOINT_FACTORIZATION_H

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "lapack.h"
#include "provider.h"
#include "status.h"

namespace adj {

// A line of the cache.
constexpr size_t kLine = 64;

inline int Extent(const char* operation, int64_t extent) {
  if (extent < 0 || extent > std::numeric_limits<int32_t>::max()) {
    throw Failure(ADJ_BAD_ARGUMENT, std::string(operation) + ": an extent is negative or 2^31 and more.");
  }
  return static_cast<int>(extent);
}

inline void Need(const char* operation, bool given) {
  if (!given) throw Failure(ADJ_BAD_ARGUMENT, std::string(operation) + ": a null pointer.");
}

template <class T>
const LapackOf<T>& Functions(const char* operation, const adj_library* library) {
  Need(operation, library != nullptr);
  return library->provider->Factorizations().Of<T>();
}

// A negative info means that an argument was wrong: ours.
inline void Right(const char* operation, int info) {
  if (info < 0) throw Failure(ADJ_INTERNAL, std::string(operation) + ": LAPACK refuses argument " + std::to_string(-info) + ".");
}

// What LAPACK says it needs, which it says in its own type: rounded up, so that no digit is lost.
template <class T>
size_t Asked(T elements) {
  return static_cast<size_t>(static_cast<double>(elements) * (1 + static_cast<double>(std::numeric_limits<T>::epsilon()))) + 1;
}

// Scratch memory that is given out piece by piece.
class Scratch {
 public:
  Scratch(const char* operation, void* start, size_t bytes) : operation_(operation), next_(static_cast<char*>(start)), left_(bytes) {
    Need(operation, start != nullptr);
    void* aligned = start;
    if (std::align(kLine, 1, aligned, left_) == nullptr) Short();
    next_ = static_cast<char*>(aligned);
  }

  template <class T>
  T* Take(size_t count) {
    const size_t bytes = Round(count * sizeof(T));
    if (bytes > left_) Short();
    T* piece = reinterpret_cast<T*>(next_);
    next_ += bytes;
    left_ -= bytes;
    return piece;
  }

  // How many elements the rest holds.
  template <class T>
  int Rest() const {
    return static_cast<int>(std::min<size_t>(left_ / sizeof(T), std::numeric_limits<int32_t>::max()));
  }

  static size_t Round(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

 private:
  [[noreturn]] void Short() const { throw Failure(ADJ_BAD_ARGUMENT, std::string(operation_) + ": too little scratch memory."); }

  const char* operation_;
  char* next_;
  size_t left_;
};

// Bytes that elimination of a matrix by rows needs.
size_t EliminationScratch(int m, int n, size_t element);

}  // namespace adj

#endif  // ADJOINT_FACTORIZATION_H
