// Products of each library against plain sums in twice the precision, over layouts, edges, alignments and threads.

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>

#include "check.h"

namespace {

adj_status Run(const adj_library* library, const adj_product& shape, const float* a, const float* b, float* c) {
  return adj_product_f32(library, &shape, a, b, c);
}

adj_status Run(const adj_library* library, const adj_product& shape, const double* a, const double* b, double* c) {
  return adj_product_f64(library, &shape, a, b, c);
}

template <class T>
struct Case {
  adj_product shape;
  std::vector<T> a, b, c;
};

size_t Place(int64_t place) { return static_cast<size_t>(place); }

// A case with rows or columns contiguous, and room between them.
template <class T>
Case<T> Draw(std::mt19937& random, int64_t limit) {
  const auto below = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); };
  Case<T> drawn;
  adj_product& s = drawn.shape;
  s.batch = 1 + below(3), s.m = 1 + below(limit), s.n = 1 + below(limit), s.k = 1 + below(limit);
  const auto layout = [&](int64_t rows, int64_t columns, int64_t& row, int64_t& column, int64_t& batch) {
    const int64_t room = below(2) * below(5);
    const bool transposed = below(2) == 1;
    row = transposed ? 1 : columns + room;
    column = transposed ? rows + room : 1;
    batch = (transposed ? columns * column : rows * row) + below(2) * 3;
    return Place(batch * s.batch);
  };
  std::uniform_real_distribution<T> number(-1, 1);
  drawn.a.resize(layout(s.m, s.k, s.a_row, s.a_column, s.a_batch));
  drawn.b.resize(layout(s.k, s.n, s.b_row, s.b_column, s.b_batch));
  s.c_row = s.n + below(3);
  s.c_batch = s.m * s.c_row;
  for (T& x : drawn.a) x = number(random);
  for (T& x : drawn.b) x = number(random);
  drawn.c.assign(Place(s.c_batch * s.batch), std::numeric_limits<T>::quiet_NaN());
  return drawn;
}

// Compares with sums in long double; what lies between the rows of c stays as it was.
template <class T>
bool Agrees(const Case<T>& done) {
  const adj_product& s = done.shape;
  for (int64_t i = 0; i < s.batch; ++i) {
    for (int64_t row = 0; row < s.m; ++row) {
      for (int64_t column = 0; column < s.c_row; ++column) {
        const T found = done.c[Place(i * s.c_batch + row * s.c_row + column)];
        if (column >= s.n) {
          if (!std::isnan(found)) return false;
          continue;
        }
        long double sum = 0, size = 0;
        for (int64_t p = 0; p < s.k; ++p) {
          const long double term =
              static_cast<long double>(done.a[Place(i * s.a_batch + row * s.a_row + p * s.a_column)]) *
              static_cast<long double>(done.b[Place(i * s.b_batch + p * s.b_row + column * s.b_column)]);
          sum += term;
          size += std::fabs(term);
        }
        const long double bound = static_cast<long double>(std::numeric_limits<T>::epsilon()) * static_cast<long double>(s.k) * size;
        if (!(std::fabs(static_cast<long double>(found) - sum) <= bound)) return false;
      }
    }
  }
  return true;
}

// The same product with every operand moved by some elements gives the same bits, on several threads at once.
template <class T>
bool SameBits(const adj_library* library, const Case<T>& done) {
  bool same[4] = {};
  std::vector<std::thread> threads;
  for (size_t shift = 0; shift < 4; ++shift) {
    threads.emplace_back([&, shift] {
      std::vector<T> a(done.a.size() + shift), b(done.b.size() + shift), c(done.c.size() + shift, done.c[0]);
      std::copy(done.a.begin(), done.a.end(), a.begin() + static_cast<std::ptrdiff_t>(shift));
      std::copy(done.b.begin(), done.b.end(), b.begin() + static_cast<std::ptrdiff_t>(shift));
      bool all = Run(library, done.shape, a.data() + shift, b.data() + shift, c.data() + shift) == ADJ_OK;
      const adj_product& s = done.shape;
      for (int64_t i = 0; i < s.batch && all; ++i) {
        for (int64_t row = 0; row < s.m && all; ++row) {
          const size_t place = Place(i * s.c_batch + row * s.c_row);
          all = std::memcmp(&c[place + shift], &done.c[place], Place(s.n) * sizeof(T)) == 0;
        }
      }
      same[shift] = all;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return same[0] && same[1] && same[2] && same[3];
}

template <class T>
void Random(const check::Opened& opened, const char* type) {
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    Case<T> drawn = Draw<T>(random, i < 150 ? 20 : i < 190 ? 90 : 300);
    const adj_product& s = drawn.shape;
    const std::string name = opened.name + " " + type + " " + std::to_string(s.batch) + "x" + std::to_string(s.m) + "x" +
                             std::to_string(s.n) + "x" + std::to_string(s.k) + (s.a_row == 1 ? " T" : " N") + (s.b_row == 1 ? "T" : "N");
    check::That(Run(opened.library, s, drawn.a.data(), drawn.b.data(), drawn.c.data()) == ADJ_OK, name + ": " + check::Message());
    check::That(Agrees(drawn), name + " agrees with plain sums");
    check::That(SameBits(opened.library, drawn), name + " gives the same bits anywhere in memory");
  }
}

template <class T>
void Edges(const check::Opened& opened) {
  const T nan = std::numeric_limits<T>::quiet_NaN(), infinity = std::numeric_limits<T>::infinity();
  const auto shape = [](int64_t m, int64_t n, int64_t k) { return adj_product{1, m, n, k, m * k, k, 1, k * n, n, 1, m * n, n}; };

  std::vector<T> c(4, T(7));
  check::That(Run(opened.library, shape(2, 2, 0), static_cast<T*>(nullptr), static_cast<T*>(nullptr), c.data()) == ADJ_OK &&
                  c == std::vector<T>(4, T(0)),
              "no terms give zeros");
  check::That(Run(opened.library, shape(0, 2, 3), static_cast<T*>(nullptr), static_cast<T*>(nullptr), static_cast<T*>(nullptr)) == ADJ_OK,
              "no rows are no work");

  for (const int64_t n : {1, 2, 17, 70}) {
    std::vector<T> a(Place(n * n), T(0)), b(Place(n * n), T(0));
    c.assign(Place(n * n), nan);
    a[0] = nan;
    b[Place(n * n - 1)] = infinity;
    check::That(Run(opened.library, shape(n, n, n), a.data(), b.data(), c.data()) == ADJ_OK, "edge values");
    bool right = true;
    for (int64_t row = 0; row < n; ++row) {
      for (int64_t column = 0; column < n; ++column) {
        // Row 0 meets NaN; the last column meets infinity times zero.
        const bool expected = row == 0 || column == n - 1;
        right = right && std::isnan(c[Place(row * n + column)]) == expected && (expected || c[Place(row * n + column)] == 0);
      }
    }
    check::That(right, opened.name + ": zero times NaN or infinity is NaN, extent " + std::to_string(n));
  }

  std::vector<T> any(64, T(1));
  adj_product strided = shape(2, 2, 2);
  strided.a_row = 8, strided.a_column = 2;
  check::That(Run(opened.library, strided, any.data(), any.data(), any.data() + 32) == ADJ_UNSUPPORTED, "no contiguous axis");
  adj_product negative = shape(2, 2, -1);
  check::That(Run(opened.library, negative, any.data(), any.data(), any.data()) == ADJ_BAD_ARGUMENT, "a negative extent");
  check::That(Run(opened.library, shape(2, 2, 2), static_cast<T*>(nullptr), any.data(), any.data()) == ADJ_BAD_ARGUMENT, "a null operand");
}

}  // namespace

int main() {
  for (const check::Opened& opened : check::Libraries()) {
    Random<float>(opened, "f32");
    Edges<float>(opened);
    if (opened.name != "oneDNN") {
      Random<double>(opened, "f64");
      Edges<double>(opened);
    } else {
      const adj_product one{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
      double x = 2, y = 0;
      check::That(adj_product_f64(opened.library, &one, &x, &x, &y) == ADJ_UNSUPPORTED, "oneDNN has no products of f64");
    }
    adj_library_close(opened.library);
  }
  return check::End();
}
