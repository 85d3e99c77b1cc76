// A thousand steps of Runge and Kutta's method of fourth order for Lotka and Volterra's equations
//   u' = a u - b u v,  v' = c u v - d v:
// u + v at the end, by hand; and its derivatives in a, b, c, d and the first u and v, by hand in reverse.
// x: six numbers. y: the value, and for the gradient six numbers more. n[0]: steps.
#include "math.hpp"

namespace {

constexpr double kStep = 0.01;

struct State {
  double u, v;
};

INLINE State Rate(const double* p, State s) { return {p[0] * s.u - p[1] * s.u * s.v, p[2] * s.u * s.v - p[3] * s.v}; }

INLINE State Along(State s, double h, State k) { return {Fma(h, k.u, s.u), Fma(h, k.v, s.v)}; }

INLINE State Step(const double* p, State s) {
  State k1 = Rate(p, s), k2 = Rate(p, Along(s, kStep / 2, k1)), k3 = Rate(p, Along(s, kStep / 2, k2)), k4 = Rate(p, Along(s, kStep, k3));
  return {Fma(kStep / 6, k1.u + 2 * (k2.u + k3.u) + k4.u, s.u), Fma(kStep / 6, k1.v + 2 * (k2.v + k3.v) + k4.v, s.v)};
}

// Adds to the derivatives of the parameters, and gives those of the state, for a cotangent of the rate at s.
INLINE State Pull(const double* p, State s, State k, double* dp) {
  double uv = s.u * s.v;
  dp[0] += k.u * s.u;
  dp[1] -= k.u * uv;
  dp[2] += k.v * uv;
  dp[3] -= k.v * s.v;
  return {k.u * (p[0] - p[1] * s.v) + k.v * p[2] * s.v, k.v * (p[2] * s.u - p[3]) - k.u * p[1] * s.u};
}

// The cotangent of the state before a step from that after it; the steps between are computed again.
INLINE State StepBack(const double* p, State s, State after, double* dp) {
  State k1 = Rate(p, s), s2 = Along(s, kStep / 2, k1), k2 = Rate(p, s2), s3 = Along(s, kStep / 2, k2), k3 = Rate(p, s3),
        s4 = Along(s, kStep, k3);
  State g4 = Pull(p, s4, {after.u * (kStep / 6), after.v * (kStep / 6)}, dp);
  State g3 = Pull(p, s3, {Fma(kStep, g4.u, after.u * (kStep / 3)), Fma(kStep, g4.v, after.v * (kStep / 3))}, dp);
  State g2 = Pull(p, s2, {Fma(kStep / 2, g3.u, after.u * (kStep / 3)), Fma(kStep / 2, g3.v, after.v * (kStep / 3))}, dp);
  State g1 = Pull(p, s, {Fma(kStep / 2, g2.u, after.u * (kStep / 6)), Fma(kStep / 2, g2.v, after.v * (kStep / 6))}, dp);
  return {after.u + g1.u + g2.u + g3.u + g4.u, after.v + g1.v + g2.v + g3.v + g4.v};
}

}  // namespace

KERNEL(lotka_hand) {
  double p[6];
  for (int i = 0; i < 6; i++) p[i] = *In<double>(x, i);
  State s = {p[4], p[5]};
  for (int64_t i = 0; i < n[0]; i++) s = Step(p, s);
  *Out<double>(y, 0) = s.u + s.v;
}

KERNEL(lotka_grad_hand) {
  double p[6], dp[4] = {};
  for (int i = 0; i < 6; i++) p[i] = *In<double>(x, i);
  State* states = reinterpret_cast<State*>(Out<double>(y, 7));
  State s = {p[4], p[5]};
  for (int64_t i = 0; i < n[0]; i++) {
    states[i] = s;
    s = Step(p, s);
  }
  *Out<double>(y, 0) = s.u + s.v;
  State g = {1, 1};
  for (int64_t i = n[0] - 1; i >= 0; i--) g = StepBack(p, states[i], g, dp);
  for (int i = 0; i < 4; i++) *Out<double>(y, 1 + i) = dp[i];
  *Out<double>(y, 5) = g.u;
  *Out<double>(y, 6) = g.v;
}
