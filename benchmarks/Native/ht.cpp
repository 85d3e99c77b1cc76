// Hand tracking (the eval ht of GradBench without coordinates in triangles): how far points are from their vertices of a hand's skin, and
// the jacobian in the hand's 26 angles, forward by hand. Vertices that no point belongs to are not moved.
// x: theta [26], relatives [b, 4, 4], inverses [b, 4, 4], positions [v, 4], weights [v, b], points [c, 3], vertices [c], parents [b].
// n: b, c. y: errors [3 c]; or the jacobian [3 c, 26].
#include <vector>

#include "rotation.hpp"

namespace {

constexpr int kAngles = 26, kFirst = 6, kFingers = 5, kBones = 4;

// The upper three rows of a homogeneous matrix; a derivative's last row is 0, another's is 0 0 0 1.
struct Affine {
  double a[3][4];
};

INLINE Affine Read(const double* p) {
  Affine m;
  std::memcpy(m.a, p, sizeof m.a);
  return m;
}

INLINE Affine Times(const Affine& x, const Affine& y, bool isDerivative = false) {
  Affine out;
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 4; j++) {
      out.a[i][j] = x.a[i][0] * y.a[0][j] + x.a[i][1] * y.a[1][j] + x.a[i][2] * y.a[2][j] + (j == 3 && !isDerivative ? x.a[i][3] : 0);
    }
  }
  return out;
}

INLINE void AddMoved(const Affine& m, const double* position, double weight, double* out) {
  for (int i = 0; i < 3; i++) {
    out[i] += weight * (m.a[i][0] * position[0] + m.a[i][1] * position[1] + m.a[i][2] * position[2] + m.a[i][3] * position[3]);
  }
}

// Turns around the first axis by u and then around the third by v; and their derivatives.
INLINE Affine Turn(double u, double v) {
  double cx = std::cos(u), sx = std::sin(u), cz = std::cos(v), sz = std::sin(v);
  return {{{cz, -sz * cx, sz * sx, 0}, {sz, cz * cx, -cz * sx, 0}, {0, sx, cx, 0}}};
}

INLINE Affine TurnByFirst(double u, double v) {
  double cx = std::cos(u), sx = std::sin(u), cz = std::cos(v), sz = std::sin(v);
  return {{{0, sz * sx, sz * cx, 0}, {0, -cz * sx, -cz * cx, 0}, {0, cx, -sx, 0}}};
}

INLINE Affine TurnByThird(double u, double v) {
  double cx = std::cos(u), sx = std::sin(u), cz = std::cos(v), sz = std::sin(v);
  return {{{-sz, -cz * cx, cz * sx, 0}, {cz, -sz * cx, sz * sx, 0}, {0, 0, 0, 0}}};
}

// Which of theta bends and spreads a bone; -1 for none. Bone 0 is the wrist, four of each finger follow.
INLINE void AnglesOf(int64_t bone, int& bend, int& spread) {
  int64_t finger = (bone - 1) / kBones, part = (bone - 1) % kBones;
  bend = spread = -1;
  if (bone < 1 || bone > kFingers * kBones || part == 0) return;
  bend = int(kFirst + 4 * finger + (part == 1 ? 0 : part));
  spread = part == 1 ? bend + 1 : -1;
}

struct Hand {
  std::vector<Affine> relatives, absolutes, moves, inverses;
  const double *theta, *positions, *weights, *points;
  const int64_t *vertices, *parents;
  int64_t bones, count;

  Hand(const void* const* x, const int64_t* n)
      : relatives(n[0]), absolutes(n[0]), moves(n[0]), inverses(n[0]), theta(In<double>(x, 0)), positions(In<double>(x, 3)),
        weights(In<double>(x, 4)), points(In<double>(x, 5)), vertices(In<int64_t>(x, 6)), parents(In<int64_t>(x, 7)), bones(n[0]), count(n[1]) {
    for (int64_t b = 0; b < bones; b++) {
      int bend, spread;
      AnglesOf(b, bend, spread);
      relatives[b] = Times(Read(In<double>(x, 1) + 16 * b), Turn(bend < 0 ? 0 : theta[bend], spread < 0 ? 0 : theta[spread]));
      absolutes[b] = parents[b] < 0 ? relatives[b] : Times(absolutes[parents[b]], relatives[b]);
      inverses[b] = Read(In<double>(x, 2) + 16 * b);
      moves[b] = Times(absolutes[b], inverses[b]);
    }
  }

  void Position(int64_t i, double* out) const {
    out[0] = out[1] = out[2] = 0;
    for (int64_t b = 0; b < bones; b++) AddMoved(moves[b], positions + 4 * vertices[i], weights[vertices[i] * bones + b], out);
  }
};

}  // namespace

KERNEL(ht_value) {
  Hand hand(x, n);
  for (int64_t i = 0; i < hand.count; i++) {
    double position[3], turned[3];
    hand.Position(i, position);
    Rotate(hand.theta, position, turned, nullptr, nullptr);
    for (int e = 0; e < 3; e++) Out<double>(y, 0)[3 * i + e] = hand.points[3 * i + e] - turned[e] - hand.theta[3 + e];
  }
}

KERNEL(ht_gradient) {
  Hand hand(x, n);
  double* out = Out<double>(y, 0);
  // How a bone moves what follows it when one of its finger's angles changes, for bones from the angle's on.
  struct Change {
    int angle;
    int64_t bone;
    Affine by;
  };
  std::vector<Change> changes;
  for (int64_t b = 1; b <= kFingers * kBones; b++) {
    int angles[2];
    AnglesOf(b, angles[0], angles[1]);
    for (int third = 0; third < 2; third++) {
      if (angles[third] < 0) continue;
      double u = hand.theta[angles[0]], v = angles[1] < 0 ? 0 : hand.theta[angles[1]];
      Affine relative = Times(Read(In<double>(x, 1) + 16 * b), third == 0 ? TurnByFirst(u, v) : TurnByThird(u, v), true);
      Affine change = Times(hand.absolutes[hand.parents[b]], relative, true);
      int64_t end = (b - 1) / kBones * kBones + kBones;
      for (int64_t c = b; c <= end; c++) {
        if (c > b) change = Times(change, hand.relatives[c]);
        changes.push_back({angles[third], c, Times(change, hand.inverses[c])});
      }
    }
  }
  for (int64_t i = 0; i < hand.count; i++) {
    double position[3], turned[3], by[3][3], turn[3][3], moved[kAngles][3] = {};
    hand.Position(i, position);
    Rotate(hand.theta, position, turned, by, turn);
    const double *place = hand.positions + 4 * hand.vertices[i], *weights = hand.weights + hand.vertices[i] * hand.bones;
    for (const Change& change : changes) AddMoved(change.by, place, weights[change.bone], moved[change.angle]);
    for (int e = 0; e < 3; e++) {
      double* row = out + (3 * i + e) * kAngles;
      for (int j = 0; j < 3; j++) row[j] = -by[e][j];
      for (int j = 0; j < 3; j++) row[3 + j] = e == j ? -1 : 0;
      for (int j = kFirst; j < kAngles; j++) row[j] = -(turn[e][0] * moved[j][0] + turn[e][1] * moved[j][1] + turn[e][2] * moved[j][2]);
    }
  }
}
