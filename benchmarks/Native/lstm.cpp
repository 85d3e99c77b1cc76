// A long short-term memory with diagonal weights (the eval lstm of GradBench): loss and gradient by hand, back through time.
// x: main [2 l, 4 b], extra [3, b], state [2 l, b], sequence [c, b]. n: l, c, b. y: the loss; or the gradients of main and extra.
#include <algorithm>
#include <vector>

#include "math.hpp"

namespace {

INLINE double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// What one layer computed in one step, b numbers of each.
enum { kForget, kKeep, kOut, kChange, kCell, kSquashed, kHidden, kKinds };

struct Net {
  int64_t layers, length, b;
  const double *main, *extra, *state, *sequence;

  Net(const void* const* x, const int64_t* n)
      : layers(n[0]), length(n[1]), b(n[2]), main(In<double>(x, 0)), extra(In<double>(x, 1)), state(In<double>(x, 2)), sequence(In<double>(x, 3)) {}

  // The weight (0) or bias (1) of a gate in a layer: its first unit's place.
  int64_t At(int64_t layer, int64_t kind, int64_t gate) const { return ((2 * layer + kind) * 4 + gate) * b; }

  void Advance(int64_t layer, const double* input, const double* hidden, const double* cell, double* to) const {
    for (int64_t u = 0; u < b; u++) {
      auto gate = [&](int64_t g, double from) { return from * main[At(layer, 0, g) + u] + main[At(layer, 1, g) + u]; };
      double f = Sigmoid(gate(0, input[u])), k = Sigmoid(gate(1, hidden[u])), o = Sigmoid(gate(2, input[u])), c = std::tanh(gate(3, hidden[u]));
      double next = cell[u] * f + k * c, squashed = std::tanh(next);
      to[kForget * b + u] = f;
      to[kKeep * b + u] = k;
      to[kOut * b + u] = o;
      to[kChange * b + u] = c;
      to[kCell * b + u] = next;
      to[kSquashed * b + u] = squashed;
      to[kHidden * b + u] = o * squashed;
    }
  }

  const double* Hidden(const std::vector<double>& kept, int64_t t, int64_t layer) const {
    return t < 0 ? state + 2 * layer * b : &kept[((t * layers + layer) * kKinds + kHidden) * b];
  }

  const double* Cell(const std::vector<double>& kept, int64_t t, int64_t layer) const {
    return t < 0 ? state + (2 * layer + 1) * b : &kept[((t * layers + layer) * kKinds + kCell) * b];
  }

  // Runs forward. Keeps all steps, and the exponentials of predictions and their sums; gives the loss.
  double Run(std::vector<double>& kept, std::vector<double>& shares) const {
    std::vector<double> input(b);
    double total = 0;
    for (int64_t t = 0; t + 1 < length; t++) {
      for (int64_t u = 0; u < b; u++) input[u] = sequence[t * b + u] * extra[u];
      for (int64_t layer = 0; layer < layers; layer++) {
        const double* from = layer == 0 ? input.data() : Hidden(kept, t, layer - 1);
        Advance(layer, from, Hidden(kept, t - 1, layer), Cell(kept, t - 1, layer), &kept[(t * layers + layer) * kKinds * b]);
      }
      const double *hidden = Hidden(kept, t, layers - 1), *truth = sequence + (t + 1) * b;
      double sum = 2, dot = 0, all = 0;
      for (int64_t u = 0; u < b; u++) {
        double predicted = hidden[u] * extra[b + u] + extra[2 * b + u];
        dot += truth[u] * predicted;
        all += truth[u];
        sum += shares[t * b + u] = std::exp(predicted);
      }
      for (int64_t u = 0; u < b; u++) shares[t * b + u] /= sum;
      total += dot - all * std::log(sum);
    }
    return -total / double((length - 1) * b);
  }

  std::vector<double> Kept() const { return std::vector<double>(size_t((length - 1) * layers * kKinds * b)); }
  std::vector<double> Shares() const { return std::vector<double>(size_t((length - 1) * b)); }
};

}  // namespace

KERNEL(lstm_value) {
  Net net(x, n);
  auto kept = net.Kept(), shares = net.Shares();
  *Out<double>(y, 0) = net.Run(kept, shares);
}

KERNEL(lstm_gradient) {
  Net net(x, n);
  const int64_t b = net.b, layers = net.layers;
  auto kept = net.Kept(), shares = net.Shares();
  net.Run(kept, shares);
  double *dmain = Out<double>(y, 0), *dextra = Out<double>(y, 1), scale = -1 / double((net.length - 1) * b);
  std::fill_n(dmain, 8 * layers * b, 0.0);
  std::fill_n(dextra, 3 * b, 0.0);
  std::vector<double> dhidden(layers * b), dcell(layers * b), dinput(b), input(b);
  for (int64_t t = net.length - 2; t >= 0; t--) {
    const double *truth = net.sequence + (t + 1) * b, *last = net.Hidden(kept, t, layers - 1);
    double all = 0;
    for (int64_t u = 0; u < b; u++) all += truth[u];
    for (int64_t u = 0; u < b; u++) {
      double dpredicted = scale * (truth[u] - all * shares[t * b + u]);
      dextra[b + u] += dpredicted * last[u];
      dextra[2 * b + u] += dpredicted;
      dinput[u] = dpredicted * net.extra[b + u];
    }
    for (int64_t u = 0; u < b; u++) input[u] = net.sequence[t * b + u] * net.extra[u];
    for (int64_t layer = layers - 1; layer >= 0; layer--) {
      const double *from = layer == 0 ? input.data() : net.Hidden(kept, t, layer - 1), *hidden = net.Hidden(kept, t - 1, layer);
      const double *cell = net.Cell(kept, t - 1, layer), *made = &kept[(t * layers + layer) * kKinds * b];
      for (int64_t u = 0; u < b; u++) {
        double f = made[kForget * b + u], k = made[kKeep * b + u], o = made[kOut * b + u], c = made[kChange * b + u], s = made[kSquashed * b + u];
        double dh = dhidden[layer * b + u] + dinput[u], dc = dcell[layer * b + u] + dh * o * (1 - s * s);
        double gates[4] = {dc * cell[u] * f * (1 - f), dc * c * k * (1 - k), dh * s * o * (1 - o), dc * k * (1 - c * c)};
        for (int64_t g = 0; g < 4; g++) {
          dmain[net.At(layer, 0, g) + u] += gates[g] * (g % 2 == 0 ? from[u] : hidden[u]);
          dmain[net.At(layer, 1, g) + u] += gates[g];
        }
        auto weight = [&](int64_t g) { return net.main[net.At(layer, 0, g) + u]; };
        dcell[layer * b + u] = dc * f;
        dhidden[layer * b + u] = gates[1] * weight(1) + gates[3] * weight(3);
        dinput[u] = gates[0] * weight(0) + gates[2] * weight(2);
      }
    }
    for (int64_t u = 0; u < b; u++) dextra[u] += dinput[u] * net.sequence[t * b + u];
  }
}
