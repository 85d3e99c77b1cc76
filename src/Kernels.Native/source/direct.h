// Convolutions of few channels: what is computed, and where it lies in scratch memory. See direct.cpp.

#ifndef ADJOINT_DIRECT_H
#define ADJOINT_DIRECT_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "status.h"

namespace adj {

// Lanes of the widest vectors that kernels are compiled for.
constexpr int64_t kMostLanes = 16;

// A convolution with stride 1 as its loops see it: a gradient by the input is one from the output's gradient to the input's, whose
// taps run backwards over the padded planes while the filter is read in its order.
struct Direct {
  explicit Direct(const adj_convolution& c) : by_filter(c.kind == ADJ_BY_FILTER), reversed(c.kind == ADJ_BY_INPUT) {
    const bool flat = c.axes == 1;
    const auto at = [&](const int64_t* numbers, int axis, int64_t missing) { return flat && axis == 0 ? missing : numbers[flat ? 0 : axis]; };
    images = c.images;
    inputs = c.inputs, outputs = c.outputs;
    in_image = c.input_image, in_channel = c.input_channel;
    out_image = c.output_image, out_channel = c.output_channel;
    filter_output = c.filter_output, filter_input = c.filter_input;
    for (int i = 0; i < 2; ++i) {
      in[i] = at(c.input, i, 1), window[i] = at(c.window, i, 1), out[i] = at(c.output, i, 1), low[i] = at(c.low, i, 0);
    }
    if (reversed) {
      std::swap(inputs, outputs), std::swap(in, out);
      std::swap(in_image, out_image), std::swap(in_channel, out_channel), std::swap(filter_output, filter_input);
      for (int i = 0; i < 2; ++i) low[i] = window[i] - 1 - low[i];
    }
    taps = window[0] * window[1];
    pitch = out[1] + window[1] - 1;
    plane = (out[0] + window[0] - 1) * pitch;
    wide = (outputs + kMostLanes - 1) / kMostLanes * kMostLanes;
    out_pitch = (out[1] + kMostLanes - 1) / kMostLanes * kMostLanes;
  }

  // Floats of scratch memory: the padded planes of one image, and the packed filter with the taps' places, or for a gradient by the
  // filter the packed planes of the other operand and the sums.
  int64_t Planes() const { return Rounded(inputs * plane + 2 * kMostLanes + pitch); }
  int64_t Filter() const { return Rounded(inputs * taps * wide); }
  int64_t Offsets() const { return Rounded(inputs * taps); }
  int64_t Gradients() const { return Rounded(std::max(out[0] * out[1] * wide, outputs * out[0] * out_pitch)); }
  int64_t Sums() const { return Rounded(inputs * taps * std::max(wide, outputs * kMostLanes)); }
  int64_t Floats() const { return Planes() + (by_filter ? Gradients() + Sums() : Filter() + Offsets()); }

  static int64_t Rounded(int64_t count) { return (count + kMostLanes - 1) / kMostLanes * kMostLanes; }

  bool by_filter, reversed;
  int64_t images, inputs, outputs;
  int64_t in[2], window[2], out[2], low[2];
  int64_t in_image, in_channel, out_image, out_channel, filter_output, filter_input;
  int64_t taps;        // of one channel
  int64_t pitch;       // of a row of a padded plane
  int64_t plane;       // of a padded plane
  int64_t wide;        // outputs in whole vectors
  int64_t out_pitch;   // of a row of the output in whole vectors
};

}  // namespace adj

#endif  // ADJOINT_DIRECT_H
