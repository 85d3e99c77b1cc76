// ADOL-C (Walther and Griewank 2012) on the counterparts' functions: the tape is recorded once, then gradients are taken of it.
#include <adolc/adolc.h>

#include <vector>

#include "math.hpp"

namespace {

constexpr int kTape = 1;
constexpr double kStep = 0.01;

struct State {
  adouble u, v;
};

State Rate(const adouble* p, const State& s) { return {p[0] * s.u - p[1] * s.u * s.v, p[2] * s.u * s.v - p[3] * s.v}; }

State Along(const State& s, double h, const State& k) { return {s.u + h * k.u, s.v + h * k.v}; }

void Record(const double* at, int64_t steps) {
  trace_on(kTape);
  adouble p[6];
  for (int i = 0; i < 6; i++) p[i] <<= at[i];
  State s = {p[4], p[5]};
  for (int64_t i = 0; i < steps; i++) {
    State k1 = Rate(p, s), k2 = Rate(p, Along(s, kStep / 2, k1)), k3 = Rate(p, Along(s, kStep / 2, k2)), k4 = Rate(p, Along(s, kStep, k3));
    s = {s.u + kStep / 6 * (k1.u + 2 * k2.u + 2 * k3.u + k4.u), s.v + kStep / 6 * (k1.v + 2 * k2.v + 2 * k3.v + k4.v)};
  }
  adouble sum = s.u + s.v;
  double value;
  sum >>= value;
  trace_off();
}

}  // namespace

KERNEL(lotka_grad_adolc) {
  static bool recorded = false;
  double p[6], value[1], gradientOf[6];
  for (int i = 0; i < 6; i++) p[i] = *In<double>(x, i);
  if (!recorded) Record(p, n[0]);
  recorded = true;
  zos_forward(kTape, 1, 6, 1, p, value);
  double one[1] = {1};
  fos_reverse(kTape, 1, 6, one, gradientOf);
  *Out<double>(y, 0) = value[0];
  for (int i = 0; i < 6; i++) *Out<double>(y, 1 + i) = gradientOf[i];
}
