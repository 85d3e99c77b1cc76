// Turns by rotation vectors, axis times angle, by Rodrigues' formula, with derivatives.
#pragma once

#include "math.hpp"

INLINE double Dot(const double* a, const double* b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

INLINE void Cross(const double* a, const double* b, double* out) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

// v turned by a rotation vector; and, if asked for, the derivatives of that in the vector (by) and in v (turn), [3][3] each.
INLINE void Rotate(const double* r, const double* v, double* out, double (*by)[3], double (*turn)[3]) {
  double square = Dot(r, r);
  if (square == 0) {
    double moved[3];
    Cross(r, v, moved);
    for (int i = 0; i < 3; i++) out[i] = v[i] + moved[i];
    if (by != nullptr) {
      const double cross[3][3] = {{0, v[2], -v[1]}, {-v[2], 0, v[0]}, {v[1], -v[0], 0}};
      const double identity[3][3] = {{1, -r[2], r[1]}, {r[2], 1, -r[0]}, {-r[1], r[0], 1}};
      std::memcpy(by, cross, sizeof cross);
      std::memcpy(turn, identity, sizeof identity);
    }
    return;
  }
  double angle = std::sqrt(square), inverse = 1 / angle, c = std::cos(angle), s = std::sin(angle);
  double a[3] = {r[0] * inverse, r[1] * inverse, r[2] * inverse}, across[3];
  Cross(a, v, across);
  double along = Dot(a, v), rest = along * (1 - c);
  for (int i = 0; i < 3; i++) out[i] = v[i] * c + across[i] * s + a[i] * rest;
  if (by == nullptr) return;
  double bend[3];
  for (int i = 0; i < 3; i++) bend[i] = across[i] * c + (a[i] * along - v[i]) * s;
  for (int j = 0; j < 3; j++) {
    // The axis moves by (e_j - a a_j) / angle, the angle by a_j.
    double da[3], dcross[3], e[3] = {0, 0, 0}, ecross[3];
    e[j] = 1;
    for (int i = 0; i < 3; i++) da[i] = (e[i] - a[i] * a[j]) * inverse;
    Cross(da, v, dcross);
    Cross(a, e, ecross);
    double dalong = Dot(da, v);
    for (int i = 0; i < 3; i++) {
      by[i][j] = bend[i] * a[j] + dcross[i] * s + (da[i] * along + a[i] * dalong) * (1 - c);
      turn[i][j] = e[i] * c + ecross[i] * s + a[i] * a[j] * (1 - c);
    }
  }
}
