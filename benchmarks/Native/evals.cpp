// The evals lse, llsq, det, kmeans and ode of GradBench, with gradients by hand.
#include <algorithm>
#include <vector>

#include "math.hpp"

// lse: the logarithm of the sum of exponentials of x [n]; its gradient is the softmax. n: n.
namespace {

INLINE double Exponentials(const double* a, int64_t count, double* out) {
  double top = *std::max_element(a, a + count), sum = 0;
  for (int64_t i = 0; i < count; i++) {
    double e = std::exp(a[i] - top);
    if (out != nullptr) out[i] = e;
    sum += e;
  }
  return out != nullptr ? sum : top + std::log(sum);
}

}  // namespace

KERNEL(lse_value) { *Out<double>(y, 0) = Exponentials(In<double>(x, 0), n[0], nullptr); }

KERNEL(lse_gradient) {
  double* out = Out<double>(y, 0);
  double inverse = 1 / Exponentials(In<double>(x, 0), n[0], out);
  for (int64_t i = 0; i < n[0]; i++) out[i] *= inverse;
}

// llsq: half the sum of (sign t - p(t))^2 at n points t from -1 to 1, for the polynomial p with coefficients x [m]. n: n, m.
KERNEL(llsq_value) {
  const double* a = In<double>(x, 0);
  double total = 0;
  for (int64_t i = 0; i < n[0]; i++) {
    double t = double(i) * 2.0 / double(n[0] - 1) - 1.0, p = 0;
    for (int64_t j = n[1] - 1; j >= 0; j--) p = Fma(p, t, a[j]);
    double error = double((t > 0) - (t < 0)) - p;
    total += error * error;
  }
  *Out<double>(y, 0) = 0.5 * total;
}

KERNEL(llsq_gradient) {
  const double* a = In<double>(x, 0);
  double* out = Out<double>(y, 0);
  std::fill_n(out, n[1], 0.0);
  for (int64_t i = 0; i < n[0]; i++) {
    double t = double(i) * 2.0 / double(n[0] - 1) - 1.0, p = 0;
    for (int64_t j = n[1] - 1; j >= 0; j--) p = Fma(p, t, a[j]);
    double power = p - double((t > 0) - (t < 0));
    for (int64_t j = 0; j < n[1]; j++, power *= t) out[j] += power;
  }
}

// det: the determinant of x [m, m] by minors, each computed once: that of the last rows in a set of as many columns. n: m.
namespace {

// Minors by the set of their columns as bits.
INLINE void Minors(const double* a, int64_t m, double* minors) {
  minors[0] = 1;
  for (int64_t set = 1; set < (int64_t(1) << m); set++) {
    const double* row = a + (m - __builtin_popcountll(uint64_t(set))) * m;
    double sum = 0, sign = 1;
    for (int64_t left = set; left != 0; left &= left - 1, sign = -sign) {
      int column = __builtin_ctzll(uint64_t(left));
      sum += sign * row[column] * minors[set & ~(int64_t(1) << column)];
    }
    minors[set] = sum;
  }
}

}  // namespace

KERNEL(det_value) {
  std::vector<double> minors(size_t(1) << n[0]);
  Minors(In<double>(x, 0), n[0], minors.data());
  *Out<double>(y, 0) = minors.back();
}

KERNEL(det_gradient) {
  const int64_t m = n[0], sets = int64_t(1) << m;
  const double* a = In<double>(x, 0);
  double* da = Out<double>(y, 0);
  std::vector<double> minors(sets), back(sets);
  Minors(a, m, minors.data());
  std::fill_n(da, m * m, 0.0);
  back[sets - 1] = 1;
  for (int64_t set = sets - 1; set > 0; set--) {
    int64_t at = (m - __builtin_popcountll(uint64_t(set))) * m;
    double sign = back[set];
    for (int64_t left = set; left != 0; left &= left - 1, sign = -sign) {
      int column = __builtin_ctzll(uint64_t(left));
      int64_t rest = set & ~(int64_t(1) << column);
      da[at + column] += sign * minors[rest];
      back[rest] += sign * a[at + column];
    }
  }
}

// kmeans: the sum of squared distances of points [n, d] to the nearest of centroids [k, d]; the direction of Newton's method, which is
// the gradient over the diagonal of the Hessian. n: n, d, k.
namespace {

INLINE int64_t Nearest(const double* point, const double* centroids, int64_t d, int64_t k, double& least) {
  int64_t best = 0;
  least = INFINITY;
  for (int64_t c = 0; c < k; c++) {
    double square = 0;
    for (int64_t i = 0; i < d; i++) {
      double offset = point[i] - centroids[c * d + i];
      square += offset * offset;
    }
    if (square < least) {
      least = square;
      best = c;
    }
  }
  return best;
}

}  // namespace

KERNEL(kmeans_value) {
  double total = 0, least;
  for (int64_t p = 0; p < n[0]; p++) {
    Nearest(In<double>(x, 0) + p * n[1], In<double>(x, 1), n[1], n[2], least);
    total += least;
  }
  *Out<double>(y, 0) = total;
}

KERNEL(kmeans_gradient) {
  const int64_t d = n[1], k = n[2];
  const double* centroids = In<double>(x, 1);
  double *out = Out<double>(y, 0), least;
  std::vector<double> counts(k);
  std::fill_n(out, k * d, 0.0);
  for (int64_t p = 0; p < n[0]; p++) {
    const double* point = In<double>(x, 0) + p * d;
    int64_t c = Nearest(point, centroids, d, k, least);
    counts[c] += 2;
    for (int64_t i = 0; i < d; i++) out[c * d + i] += 2 * (centroids[c * d + i] - point[i]);
  }
  for (int64_t c = 0; c < k; c++) {
    for (int64_t i = 0; i < d; i++) out[c * d + i] /= counts[c];
  }
}

// ode: y_0' = x_0, y_i' = x_i y_(i-1), from zeros at time 0 to time 2 in s steps of Runge and Kutta's method of fourth order; the
// gradient is that of the last element. n: n, s.
namespace {

INLINE void Rate(const double* a, const double* state, double* out, int64_t count) {
  out[0] = a[0];
  for (int64_t i = 1; i < count; i++) out[i] = a[i] * state[i - 1];
}

struct Slopes {
  std::vector<double> k1, k2, k3, k4, s2, s3, s4;

  explicit Slopes(int64_t count) : k1(count), k2(count), k3(count), k4(count), s2(count), s3(count), s4(count) {}

  // The rates at a state and at the three further places of a step.
  void Of(const double* a, const double* state, double h, int64_t count) {
    Rate(a, state, k1.data(), count);
    for (int64_t i = 0; i < count; i++) s2[i] = Fma(h / 2, k1[i], state[i]);
    Rate(a, s2.data(), k2.data(), count);
    for (int64_t i = 0; i < count; i++) s3[i] = Fma(h / 2, k2[i], state[i]);
    Rate(a, s3.data(), k3.data(), count);
    for (int64_t i = 0; i < count; i++) s4[i] = Fma(h, k3[i], state[i]);
    Rate(a, s4.data(), k4.data(), count);
  }

  void Step(const double* state, double* next, double h, int64_t count) const {
    for (int64_t i = 0; i < count; i++) next[i] = Fma(h / 6, k1[i] + 2 * (k2[i] + k3[i]) + k4[i], state[i]);
  }
};

// For a cotangent g of the rate at a state: adds to that of a, and gives that of the state.
INLINE void RateBack(const double* a, const double* state, const double* g, double* da, double* dstate, int64_t count) {
  da[0] += g[0];
  for (int64_t i = 1; i < count; i++) {
    da[i] += g[i] * state[i - 1];
    dstate[i - 1] = g[i] * a[i];
  }
  dstate[count - 1] = 0;
}

}  // namespace

KERNEL(ode_value) {
  const double* a = In<double>(x, 0);
  double *state = Out<double>(y, 0), h = 2.0 / double(n[1]);
  Slopes slopes(n[0]);
  std::fill_n(state, n[0], 0.0);
  for (int64_t step = 0; step < n[1]; step++) {
    slopes.Of(a, state, h, n[0]);
    slopes.Step(state, state, h, n[0]);
  }
}

KERNEL(ode_gradient) {
  const int64_t count = n[0];
  const double* a = In<double>(x, 0);
  double *da = Out<double>(y, 0), h = 2.0 / double(n[1]);
  Slopes slopes(count);
  std::vector<double> states(size_t((n[1] + 1) * count)), g(count), g1(count), g2(count), g3(count), g4(count), k(count);
  for (int64_t step = 0; step < n[1]; step++) {
    slopes.Of(a, &states[step * count], h, count);
    slopes.Step(&states[step * count], &states[(step + 1) * count], h, count);
  }
  std::fill_n(da, count, 0.0);
  g[count - 1] = 1;
  for (int64_t step = n[1] - 1; step >= 0; step--) {
    const double* state = &states[step * count];
    slopes.Of(a, state, h, count);
    for (int64_t i = 0; i < count; i++) k[i] = g[i] * (h / 6);
    RateBack(a, slopes.s4.data(), k.data(), da, g4.data(), count);
    for (int64_t i = 0; i < count; i++) k[i] = Fma(h, g4[i], g[i] * (h / 3));
    RateBack(a, slopes.s3.data(), k.data(), da, g3.data(), count);
    for (int64_t i = 0; i < count; i++) k[i] = Fma(h / 2, g3[i], g[i] * (h / 3));
    RateBack(a, slopes.s2.data(), k.data(), da, g2.data(), count);
    for (int64_t i = 0; i < count; i++) k[i] = Fma(h / 2, g2[i], g[i] * (h / 6));
    RateBack(a, state, k.data(), da, g1.data(), count);
    for (int64_t i = 0; i < count; i++) g[i] += g1[i] + g2[i] + g3[i] + g4[i];
  }
}
