// Bundle adjustment (the eval ba of GradBench): errors, and their sparse jacobian by hand.
// x: cameras [n, 11], points [m, 3], weights [p], features [p, 2]; observation i has camera i mod n and point i mod m.
// n: n, m, p. y: errors [p, 2] and of weights [p]; or the jacobian's values [31 p], columns [31 p] and starts of rows [3 p + 1].
#include "rotation.hpp"

namespace {

struct Seen {
  double turned[3], plane[2], square, distortion;
};

INLINE Seen Look(const double* camera, const double* point, double (*by)[3], double (*turn)[3]) {
  Seen seen;
  double offset[3] = {point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]};
  Rotate(camera, offset, seen.turned, by, turn);
  for (int i = 0; i < 2; i++) seen.plane[i] = seen.turned[i] / seen.turned[2];
  seen.square = seen.plane[0] * seen.plane[0] + seen.plane[1] * seen.plane[1];
  seen.distortion = 1 + camera[9] * seen.square + camera[10] * seen.square * seen.square;
  return seen;
}

// The derivatives of both errors of an observation, [2, 15].
INLINE void Block(const double* camera, const double* point, double weight, const double* feature, double* out) {
  double by[3][3], turn[3][3];
  Seen seen = Look(camera, point, by, turn);
  double f = camera[6], inverse = 1 / seen.turned[2], slope = 2 * camera[9] + 4 * camera[10] * seen.square;
  for (int e = 0; e < 2; e++) {
    double* row = out + 15 * e;
    double byPlane[2];
    for (int i = 0; i < 2; i++) byPlane[i] = weight * f * ((e == i ? seen.distortion : 0) + slope * seen.plane[e] * seen.plane[i]);
    double byTurned[3] = {byPlane[0] * inverse, byPlane[1] * inverse, -(byPlane[0] * seen.plane[0] + byPlane[1] * seen.plane[1]) * inverse};
    for (int j = 0; j < 3; j++) {
      double byOffset = byTurned[0] * turn[0][j] + byTurned[1] * turn[1][j] + byTurned[2] * turn[2][j];
      row[j] = byTurned[0] * by[0][j] + byTurned[1] * by[1][j] + byTurned[2] * by[2][j];
      row[3 + j] = -byOffset;
      row[11 + j] = byOffset;
    }
    row[6] = weight * seen.plane[e] * seen.distortion;
    row[7] = e == 0 ? weight : 0;
    row[8] = e == 1 ? weight : 0;
    row[9] = weight * f * seen.plane[e] * seen.square;
    row[10] = row[9] * seen.square;
    row[14] = seen.plane[e] * seen.distortion * f + camera[7 + e] - feature[e];
  }
}

}  // namespace

KERNEL(ba_value) {
  double *errors = Out<double>(y, 0), *weightErrors = Out<double>(y, 1);
  for (int64_t i = 0; i < n[2]; i++) {
    const double *camera = In<double>(x, 0) + 11 * (i % n[0]), *point = In<double>(x, 1) + 3 * (i % n[1]);
    double weight = In<double>(x, 2)[i];
    Seen seen = Look(camera, point, nullptr, nullptr);
    for (int e = 0; e < 2; e++) {
      errors[2 * i + e] = weight * (seen.plane[e] * seen.distortion * camera[6] + camera[7 + e] - In<double>(x, 3)[2 * i + e]);
    }
    weightErrors[i] = 1 - weight * weight;
  }
}

KERNEL(ba_gradient) {
  const int64_t p = n[2];
  double* values = Out<double>(y, 0);
  int64_t *columns = Out<int64_t>(y, 1), *starts = Out<int64_t>(y, 2);
  for (int64_t i = 0; i < p; i++) {
    int64_t camera = i % n[0], point = i % n[1];
    Block(In<double>(x, 0) + 11 * camera, In<double>(x, 1) + 3 * point, In<double>(x, 2)[i], In<double>(x, 3) + 2 * i, values + 30 * i);
    for (int e = 0; e < 2; e++) {
      int64_t* row = columns + 30 * i + 15 * e;
      for (int j = 0; j < 11; j++) row[j] = 11 * camera + j;
      for (int j = 0; j < 3; j++) row[11 + j] = 11 * n[0] + 3 * point + j;
      row[14] = 11 * n[0] + 3 * n[1] + i;
      starts[2 * i + e] = 30 * i + 15 * e;
    }
    values[30 * p + i] = -2 * In<double>(x, 2)[i];
    columns[30 * p + i] = 11 * n[0] + 3 * n[1] + i;
  }
  for (int64_t i = 0; i <= p; i++) starts[2 * p + i] = 30 * p + i;
}
