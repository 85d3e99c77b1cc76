// The log posterior of a mixture of normal distributions (the eval gmm of GradBench), and its gradient by hand.
// x: alpha [k], mu [k, d], q [k, d], l [k, d (d - 1) / 2] by columns, points [n, d]. n: points, d, k, m; the prior's precision is 1.
// y: the value; or the gradients of alpha, mu, q and l.
#include <algorithm>
#include <vector>

#include "math.hpp"

namespace {

struct Mixture {
  int64_t count, d, k, below;
  double m;
  const double *alpha, *mu, *q, *l, *points;
  std::vector<double> diagonal, sum;

  Mixture(const void* const* x, const int64_t* n)
      : count(n[0]), d(n[1]), k(n[2]), below(n[1] * (n[1] - 1) / 2), m(double(n[3])), alpha(In<double>(x, 0)), mu(In<double>(x, 1)),
        q(In<double>(x, 2)), l(In<double>(x, 3)), points(In<double>(x, 4)), diagonal(k * d), sum(k) {
    for (int64_t c = 0; c < k; c++) {
      for (int64_t i = 0; i < d; i++) {
        diagonal[c * d + i] = std::exp(q[c * d + i]);
        sum[c] += q[c * d + i];
      }
    }
  }

  // What a point is to a component: its offset from the mean, that times L, and the logarithm of its weight.
  double Term(int64_t c, const double* point, double* offset, double* white) const {
    const double* columns = l + c * below;
    for (int64_t i = 0; i < d; i++) {
      offset[i] = point[i] - mu[c * d + i];
      white[i] = diagonal[c * d + i] * offset[i];
    }
    for (int64_t j = 0; j < d; j++) {
      for (int64_t i = j + 1; i < d; i++) white[i] += *columns++ * offset[j];
    }
    double square = 0;
    for (int64_t i = 0; i < d; i++) square += white[i] * white[i];
    return alpha[c] + sum[c] - 0.5 * square;
  }

  double Prior() const {
    double freedom = double(d) + m + 1, gamma = 0.25 * double(d * (d - 1)) * std::log(M_PI), squares = 0, all = 0;
    for (int64_t j = 0; j < d; j++) gamma += std::lgamma(0.5 * freedom - 0.5 * double(j));
    for (double r : diagonal) squares += r * r;
    for (int64_t i = 0; i < k * below; i++) squares += l[i] * l[i];
    for (double s : sum) all += s;
    return double(k) * (-0.5 * freedom * double(d) * std::log(2.0) - gamma) - 0.5 * squares + m * all;
  }
};

// Turns logarithms into shares of their sum; gives the logarithm of the sum.
double Shares(double* terms, int64_t k) {
  double top = *std::max_element(terms, terms + k), sum = 0;
  for (int64_t c = 0; c < k; c++) sum += terms[c] = std::exp(terms[c] - top);
  for (int64_t c = 0; c < k; c++) terms[c] /= sum;
  return top + std::log(sum);
}

}  // namespace

KERNEL(gmm_value) {
  Mixture mix(x, n);
  std::vector<double> terms(mix.k), offset(mix.d), white(mix.d), weights(mix.alpha, mix.alpha + mix.k);
  double total = 0;
  for (int64_t i = 0; i < mix.count; i++) {
    for (int64_t c = 0; c < mix.k; c++) terms[c] = mix.Term(c, mix.points + i * mix.d, offset.data(), white.data());
    double top = *std::max_element(terms.begin(), terms.end()), sum = 0;
    for (double term : terms) sum += std::exp(term - top);
    total += top + std::log(sum);
  }
  double norm = Shares(weights.data(), mix.k) + 0.5 * double(mix.d) * std::log(2 * M_PI);
  *Out<double>(y, 0) = total - double(mix.count) * norm + mix.Prior();
}

KERNEL(gmm_gradient) {
  Mixture mix(x, n);
  const int64_t d = mix.d, k = mix.k;
  std::vector<double> terms(k), offsets(k * d), whites(k * d), weights(mix.alpha, mix.alpha + k);
  double *dalpha = Out<double>(y, 0), *dmu = Out<double>(y, 1), *dq = Out<double>(y, 2), *dl = Out<double>(y, 3);
  Shares(weights.data(), k);
  for (int64_t c = 0; c < k; c++) dalpha[c] = -double(mix.count) * weights[c];
  std::fill_n(dmu, k * d, 0.0);
  for (int64_t i = 0; i < k * d; i++) dq[i] = mix.m - mix.diagonal[i] * mix.diagonal[i];
  for (int64_t i = 0; i < k * mix.below; i++) dl[i] = -mix.l[i];
  for (int64_t p = 0; p < mix.count; p++) {
    for (int64_t c = 0; c < k; c++) terms[c] = mix.Term(c, mix.points + p * d, &offsets[c * d], &whites[c * d]);
    Shares(terms.data(), k);
    for (int64_t c = 0; c < k; c++) {
      const double w = terms[c], *offset = &offsets[c * d], *white = &whites[c * d], *columns = mix.l + c * mix.below;
      double* dcolumns = dl + c * mix.below;
      dalpha[c] += w;
      for (int64_t i = 0; i < d; i++) {
        double r = mix.diagonal[c * d + i];
        dq[c * d + i] += w * (1 - white[i] * offset[i] * r);
        dmu[c * d + i] += w * white[i] * r;
      }
      for (int64_t j = 0; j < d; j++) {
        double dot = 0;
        for (int64_t i = j + 1; i < d; i++) {
          dot += *columns++ * white[i];
          *dcolumns++ -= w * white[i] * offset[j];
        }
        dmu[c * d + j] += w * dot;
      }
    }
  }
}
