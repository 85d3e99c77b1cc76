// Factorizations of each library, put together again in twice the precision; edges; the same bits anywhere in memory.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "check.h"

namespace {

size_t Place(int64_t place) { return static_cast<size_t>(place); }

// The functions of one type.
template <class T>
struct Calls;

template <>
struct Calls<float> {
  static constexpr auto Cholesky = adj_cholesky_f32;
  static constexpr auto Solve = adj_triangular_solve_f32;
  static constexpr auto Lu = adj_lu_rows_f32;
  static constexpr auto Qr = adj_qr_f32;
  static constexpr auto Eigh = adj_eigh_f32;
  static constexpr auto Svd = adj_svd_f32;
};

template <>
struct Calls<double> {
  static constexpr auto Cholesky = adj_cholesky_f64;
  static constexpr auto Solve = adj_triangular_solve_f64;
  static constexpr auto Lu = adj_lu_rows_f64;
  static constexpr auto Qr = adj_qr_f64;
  static constexpr auto Eigh = adj_eigh_f64;
  static constexpr auto Svd = adj_svd_f64;
};

template <class T>
std::vector<T> Draw(std::mt19937& random, int64_t count) {
  std::uniform_real_distribution<T> number(-1, 1);
  std::vector<T> drawn(Place(count));
  for (T& x : drawn) x = number(random);
  return drawn;
}

using Wide = std::vector<long double>;

// The product of a [m, k] and b [k, n], given as functions of the index.
template <class A, class B>
Wide Multiply(int64_t m, int64_t n, int64_t k, A a, B b) {
  Wide product(Place(m * n));
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t p = 0; p < k; ++p) product[Place(i * n + j)] += static_cast<long double>(a(i, p)) * static_cast<long double>(b(p, j));
    }
  }
  return product;
}

// Numbers of order 1 in sums of n, backward stable: a small multiple of n eps (Higham 2002, theorems 9.3, 10.3, 19.4; LAPACK
// Users' Guide, section 4). The factor 20 covers the constants that the theorems leave open.
template <class T>
long double Allowed(int64_t n) {
  return 20 * static_cast<long double>(std::numeric_limits<T>::epsilon()) * static_cast<long double>(n + 1);
}

template <class X, class Y>
long double Distance(const X& x, const Y& y) {
  long double most = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const long double apart = std::fabs(static_cast<long double>(x[i]) - static_cast<long double>(y[i]));
    most = apart <= most ? most : apart;
  }
  return most;
}

Wide Unit(int64_t n) {
  Wide unit(Place(n * n));
  for (int64_t i = 0; i < n; ++i) unit[Place(i * n + i)] = 1;
  return unit;
}

template <class T>
class Family {
 public:
  Family(const adj_library* library, std::string name) : library_(library), name_(std::move(name)) {}

  void Run() {
    for (const int64_t n : {0, 1, 2, 3, 7, 16, 33, 70, 130}) {
      Cholesky(n);
      Triangles(n);
      Eigh(n);
      for (const int64_t m : {int64_t{1}, n / 2, n, n + 5, 2 * n}) {
        Lu(m, n);
        Qr(m, n);
        Svd(m, n);
      }
    }
    Edges();
  }

 private:
  void That(bool holds, const std::string& what, int64_t m, int64_t n) {
    check::That(holds, name_ + ": " + what + " of " + std::to_string(m) + "x" + std::to_string(n) + ", " + check::Message());
  }

  // Symmetric, its eigenvalues about 1 to 3.
  std::vector<T> Positive(int64_t n) {
    std::vector<T> a = Draw<T>(random_, n * n);
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        a[Place(i * n + j)] = a[Place(j * n + i)] = a[Place(i * n + j)] / static_cast<T>(n) + (i == j ? T(2) : T(0));
      }
    }
    return a;
  }

  void Cholesky(int64_t n) {
    const std::vector<T> a = Positive(n);
    std::vector<T> first;
    for (size_t shift = 0; shift < 4; ++shift) {
      std::vector<T> memory(a.size() + shift);
      std::copy(a.begin(), a.end(), memory.begin() + static_cast<std::ptrdiff_t>(shift));
      int32_t failed = 7;
      That(Calls<T>::Cholesky(library_, 1, n, memory.data() + shift, &failed) == ADJ_OK && failed == 0, "cholesky", n, n);
      std::vector<T> found(memory.begin() + static_cast<std::ptrdiff_t>(shift), memory.end());
      if (shift == 0) first = found;
      That(found.empty() || std::memcmp(found.data(), first.data(), found.size() * sizeof(T)) == 0, "the same bits of cholesky", n, n);
    }
    const auto l = [&](int64_t i, int64_t j) { return j <= i ? first[Place(i * n + j)] : T(0); };
    That(Distance(Multiply(n, n, n, l, [&](int64_t i, int64_t j) { return l(j, i); }), a) <= Allowed<T>(n), "L L'", n, n);
  }

  void Triangles(int64_t n) {
    std::vector<T> a = Draw<T>(random_, n * n);
    for (T& x : a) x /= static_cast<T>(std::max<int64_t>(n, 1));
    for (int64_t i = 0; i < n; ++i) a[Place(i * n + i)] = T(1.5);
    for (int form = 0; form < 16; ++form) {
      const bool left = form & 1, lower = form & 2, transposed = form & 4, unit = form & 8;
      const int64_t k = 1 + form % 5, rows = left ? n : k, columns = left ? k : n;
      const std::vector<T> b = Draw<T>(random_, n * k);
      std::vector<T> x = b;
      const adj_triangle shape{1, n, k, left, lower, transposed, unit};
      That(Calls<T>::Solve(library_, &shape, a.data(), x.data()) == ADJ_OK, "triangular_solve", n, k);
      const auto triangle = [&](int64_t i, int64_t j) {
        if (transposed) std::swap(i, j);
        return i == j && unit ? T(1) : (lower ? j <= i : i <= j) ? a[Place(i * n + j)] : T(0);
      };
      const auto solution = [&](int64_t i, int64_t j) { return x[Place(i * columns + j)]; };
      const Wide product = left ? Multiply(n, k, n, triangle, solution) : Multiply(k, n, n, solution, triangle);
      That(Distance(product, b) <= Allowed<T>(n), "the equations of form " + std::to_string(form), rows, columns);
    }
  }

  void Lu(int64_t m, int64_t n) {
    const int64_t k = std::min(m, n);
    std::vector<T> rows = Draw<T>(random_, m * n), a = rows;
    std::vector<int32_t> pivots(Place(k));
    std::vector<char> scratch = Scratch(ADJ_LU, m, n);
    That(Calls<T>::Lu(library_, m, n, a.data(), pivots.data(), scratch.data(), scratch.size()) == ADJ_OK, "lu", m, n);
    bool right = true;
    for (int64_t i = 0; i < k; ++i) {
      const int64_t pivot = pivots[Place(i)];
      right = right && pivot >= i && pivot < m;
      for (int64_t j = 0; j < n && right; ++j) std::swap(rows[Place(i * n + j)], rows[Place(pivot * n + j)]);
    }
    That(right, "pivots", m, n);
    const auto l = [&](int64_t i, int64_t j) { return i == j ? T(1) : j < i ? a[Place(i * n + j)] : T(0); };
    const auto u = [&](int64_t i, int64_t j) { return i <= j ? a[Place(i * n + j)] : T(0); };
    That(Distance(Multiply(m, n, k, l, u), rows) <= Allowed<T>(m + n), "L U", m, n);
    const auto small = [&](int64_t i) { return std::all_of(&a[Place(i * n)], &a[Place(i * n)] + std::min(i, k), [](T x) { return std::fabs(x) <= 1; }); };
    for (int64_t i = 0; i < m && n > 0; ++i) That(small(i), "factors of pivots that are the largest", m, n);
  }

  std::vector<char> Scratch(adj_factorization kind, int64_t m, int64_t n) {
    size_t bytes = 0;
    That(adj_factorization_scratch(library_, kind, sizeof(T), m, n, &bytes) == ADJ_OK, "scratch", m, n);
    return std::vector<char>(bytes);
  }

  template <class X>
  bool Orthonormal(const std::vector<X>& q, int64_t m, int64_t k, int64_t row, int64_t column) {
    const auto at = [&](int64_t i, int64_t j) { return q[Place(i * row + j * column)]; };
    return Distance(Multiply(k, k, m, [&](int64_t i, int64_t j) { return at(j, i); }, at), Unit(k)) <= Allowed<T>(m);
  }

  void Qr(int64_t m, int64_t n) {
    const int64_t k = std::min(m, n);
    const std::vector<T> given = Draw<T>(random_, m * n);
    std::vector<T> a = given, q(Place(m * k)), r(Place(k * n));
    std::vector<char> scratch = Scratch(ADJ_QR, m, n);
    That(Calls<T>::Qr(library_, m, n, a.data(), q.data(), r.data(), scratch.data(), scratch.size()) == ADJ_OK, "qr", m, n);
    const Wide product = Multiply(m, n, k, [&](int64_t i, int64_t j) { return q[Place(i * k + j)]; },
                                  [&](int64_t i, int64_t j) { return r[Place(i * n + j)]; });
    if (k > 0) That(Distance(product, given) <= Allowed<T>(m + n), "Q R", m, n);
    That(Orthonormal(q, m, k, k, 1), "orthonormal Q", m, n);
  }

  void Eigh(int64_t n) {
    const std::vector<T> given = Positive(n);
    std::vector<T> a = given, w(Place(n));
    int32_t failed = 7;
    std::vector<char> scratch = Scratch(ADJ_EIGH, n, n);
    That(Calls<T>::Eigh(library_, n, a.data(), w.data(), &failed, scratch.data(), scratch.size()) == ADJ_OK && failed == 0, "eigh", n, n);
    That(std::is_sorted(w.begin(), w.end()) && Orthonormal(a, n, n, 1, n), "order and vectors of eigh", n, n);
    const Wide product = Multiply(n, n, n, [&](int64_t i, int64_t j) { return a[Place(j * n + i)] * w[Place(j)]; },
                                  [&](int64_t i, int64_t j) { return a[Place(i * n + j)]; });
    That(Distance(product, given) <= Allowed<T>(n), "V w V'", n, n);
  }

  void Svd(int64_t m, int64_t n) {
    const int64_t k = std::min(m, n);
    const std::vector<T> given = Draw<T>(random_, m * n);
    std::vector<T> a = given, u(Place(m * k)), s(Place(k)), vt(Place(k * n));
    int32_t failed = 7;
    std::vector<char> scratch = Scratch(ADJ_SVD, m, n);
    const adj_status status =
        Calls<T>::Svd(library_, m, n, a.data(), u.data(), s.data(), vt.data(), &failed, scratch.data(), scratch.size());
    That(status == ADJ_OK && failed == 0, "svd", m, n);
    That(std::is_sorted(s.rbegin(), s.rend()) && Orthonormal(u, m, k, k, 1) && Orthonormal(vt, n, k, 1, n), "order and vectors of svd", m, n);
    const Wide product = Multiply(m, n, k, [&](int64_t i, int64_t j) { return u[Place(i * k + j)] * s[Place(j)]; },
                                  [&](int64_t i, int64_t j) { return vt[Place(i * n + j)]; });
    if (k > 0) That(Distance(product, given) <= Allowed<T>(m + n), "U s V'", m, n);
  }

  void Edges() {
    std::vector<T> a{T(1), T(2), T(2), T(1)};
    int32_t failed = 0;
    check::That(Calls<T>::Cholesky(library_, 1, 2, a.data(), &failed) == ADJ_OK && failed == 2, name_ + ": the second minor is negative");
    check::That(Calls<T>::Cholesky(library_, 1, 2, nullptr, &failed) == ADJ_BAD_ARGUMENT, name_ + ": a null matrix");
    check::That(Calls<T>::Cholesky(library_, 1, -1, a.data(), &failed) == ADJ_BAD_ARGUMENT, name_ + ": a negative order");
    std::vector<T> singular(4, T(1));
    int32_t pivots[2] = {};
    std::vector<char> scratch = Scratch(ADJ_LU, 2, 2);
    check::That(Calls<T>::Lu(library_, 2, 2, singular.data(), pivots, scratch.data(), scratch.size()) == ADJ_OK && singular[3] == 0,
                name_ + ": a singular matrix has a zero in U");
    T q[4], r[4];
    char little[8];
    check::That(Calls<T>::Lu(library_, 2, 2, singular.data(), pivots, little, sizeof little) == ADJ_BAD_ARGUMENT, name_ + ": too little for a panel");
    check::That(Calls<T>::Qr(library_, 2, 2, a.data(), q, r, little, sizeof little) == ADJ_BAD_ARGUMENT, name_ + ": too little scratch");
    size_t bytes = 0;
    check::That(adj_factorization_scratch(library_, 9, sizeof(T), 2, 2, &bytes) == ADJ_BAD_ARGUMENT, name_ + ": no such factorization");
  }

  const adj_library* library_;
  std::string name_;
  std::mt19937 random_{11};
};

}  // namespace

int main() {
  for (const check::Opened& opened : check::Libraries()) {
    if (opened.name != "oneDNN") {
      Family<float>(opened.library, opened.name + " f32").Run();
      Family<double>(opened.library, opened.name + " f64").Run();
    } else {
      double x = 2;
      int32_t failed = 0;
      check::That(adj_cholesky_f64(opened.library, 1, 1, &x, &failed) == ADJ_UNSUPPORTED, "oneDNN has no factorizations");
    }
    adj_library_close(opened.library);
  }
  return check::End();
}
