// Convolutions of few channels, and their gradients, directly: no matrix of patches is made, and channels lie apart.
//
// Where rows fill vectors, lanes are places of a row, and the filter's elements are broadcast. Where outputs do, lanes are
// outputs, and the input's elements are broadcast. An output is one chain of fused multiply-adds over channels and then taps in the
// filter's order, so its bits are the same either way, and those of the runtime's own kernel.

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "direct.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "direct.cpp"
#include "hwy/foreach_target.h"

// Behind foreach_target.h.
#include "hwy/highway.h"
#include "simd.h"

HWY_BEFORE_NAMESPACE();
namespace adj {
namespace HWY_NAMESPACE {
#if HWY_TARGET != HWY_EMU128 && HWY_TARGET != HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, static_cast<size_t>(kMostLanes)>;
using V = hn::Vec<D>;

constexpr int64_t kLanes = static_cast<int64_t>(HWY_MIN(HWY_MAX_BYTES / sizeof(float), static_cast<size_t>(kMostLanes)));

// Sums that are held in registers: 32 of them with AVX-512, else 16.
constexpr bool kMany = HWY_MAX_BYTES >= 64;

// The share of lanes that do work when so many numbers are cut into vectors.
double Filled(int64_t count) { return static_cast<double>(count) / static_cast<double>((count + kLanes - 1) / kLanes * kLanes); }

// Outputs in lanes have to be turned at the end.
bool OutputsInLanes(const Direct& c) { return 0.92 * Filled(c.outputs) > Filled(c.out[1]); }

// rows[j][i] = columns[i][j] for four numbers of four.
void Turn4(const float* columns, int64_t column, float* rows, int64_t row) {
  const hn::Full128<float> d;
  const hn::Repartition<double, decltype(d)> pairs;
  const auto a = hn::LoadU(d, columns), b = hn::LoadU(d, columns + column);
  const auto e = hn::LoadU(d, columns + 2 * column), f = hn::LoadU(d, columns + 3 * column);
  const auto ab = hn::BitCast(pairs, hn::InterleaveLower(d, a, b)), ef = hn::BitCast(pairs, hn::InterleaveLower(d, e, f));
  const auto ab2 = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b)), ef2 = hn::BitCast(pairs, hn::InterleaveUpper(d, e, f));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, ab, ef)), d, rows);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, ab, ef)), d, rows + row);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, ab2, ef2)), d, rows + 2 * row);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, ab2, ef2)), d, rows + 3 * row);
}

// to[j * row + i] = from[i * column + j] for i < m, j < n.
void TurnAll(const float* from, int64_t column, int64_t m, int64_t n, float* to, int64_t row) {
  int64_t i = 0;
  for (; i + 4 <= m; i += 4) {
    int64_t j = 0;
    for (; j + 4 <= n; j += 4) Turn4(from + i * column + j, column, to + j * row + i, row);
    for (; j < n; ++j) {
      for (int64_t k = 0; k < 4; ++k) to[j * row + i + k] = from[(i + k) * column + j];
    }
  }
  for (; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) to[j * row + i] = from[i * column + j];
  }
}

void CopyRow(const float* from, int64_t n, float* to) {
  const D d;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) hn::StoreU(hn::LoadU(d, from + i), d, to + i);
  if (i == n) return;
  const auto mask = hn::FirstN(d, static_cast<size_t>(n - i));
  hn::BlendedStore(hn::MaskedLoad(mask, d, from + i), mask, d, to + i);
}

// The planes of one image into their places; what lies around them is left as it is.
void CopyPlanes(const Direct& c, const float* image, float* target) {
  const int64_t first = std::max<int64_t>(0, -c.low[1]), end = std::min(c.in[1], c.pitch - c.low[1]);
  const int64_t top = std::max<int64_t>(0, -c.low[0]), bottom = std::min(c.in[0], c.out[0] + c.window[0] - 1 - c.low[0]);
  for (int64_t i = 0; i < c.inputs && first < end; ++i) {
    const float* from = image + i * c.in_channel + first;
    float* to = target + i * c.plane + c.low[0] * c.pitch + c.low[1] + first;
    for (int64_t y = top; y < bottom; ++y) CopyRow(from + y * c.in[1], end - first, to + y * c.pitch);
  }
}

// ---- Outputs --------------------------------------------------------------------------------------------------------

// Four vectors of places (two with 16 registers) by up to six outputs.
constexpr int kVectors = kMany ? 4 : 2;
constexpr int kOutputs = 6;

struct Place {
  const float* source;
  float* target;
  int64_t valid;
};

template <int kRows>
void PlacesTile(const Direct& c, const float* filter, const int32_t* offsets, const Place* places, int64_t output) {
  const D d;
  V sum[kRows][kVectors];
  for (int o = 0; o < kRows; ++o) {
    for (int v = 0; v < kVectors; ++v) sum[o][v] = hn::Zero(d);
  }
  const int64_t depth = c.inputs * c.taps;
  const float* f = filter + output;
  for (int64_t k = 0; k < depth; ++k, f += c.outputs) {
    V x[kVectors];
    for (int v = 0; v < kVectors; ++v) x[v] = hn::LoadU(d, places[v].source + offsets[k]);
    for (int o = 0; o < kRows; ++o) {
      const V w = hn::Set(d, f[o]);
      for (int v = 0; v < kVectors; ++v) sum[o][v] = hn::MulAdd(w, x[v], sum[o][v]);
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    float* target = places[v].target + output * c.out_channel;
    for (int o = 0; o < kRows; ++o, target += c.out_channel) {
      if (places[v].valid == kLanes) {
        hn::StoreU(sum[o][v], d, target);
      } else {
        hn::BlendedStore(sum[o][v], hn::FirstN(d, static_cast<size_t>(places[v].valid)), d, target);
      }
    }
  }
}

void PlacesTiles(const Direct& c, const float* filter, const int32_t* offsets, const Place* places) {
  int64_t output = 0;
  for (; output + kOutputs <= c.outputs; output += kOutputs) PlacesTile<kOutputs>(c, filter, offsets, places, output);
  switch (c.outputs - output) {
    case 5: PlacesTile<5>(c, filter, offsets, places, output); break;
    case 4: PlacesTile<4>(c, filter, offsets, places, output); break;
    case 3: PlacesTile<3>(c, filter, offsets, places, output); break;
    case 2: PlacesTile<2>(c, filter, offsets, places, output); break;
    case 1: PlacesTile<1>(c, filter, offsets, places, output); break;
    default: break;
  }
}

// One image with places in lanes. A row's last vector lies over the one before where the row is long enough.
void ImageByPlaces(const Direct& c, const float* planes, const float* filter, const int32_t* offsets, float* y) {
  const int64_t vectors = (c.out[1] + kLanes - 1) / kLanes, all = c.out[0] * vectors;
  Place places[kVectors];
  for (int64_t first = 0; first < all; first += kVectors) {
    for (int v = 0; v < kVectors; ++v) {
      const int64_t i = std::min(first + v, all - 1), row = i / vectors;
      const int64_t start = std::max<int64_t>(0, std::min(i % vectors * kLanes, c.out[1] - kLanes));
      places[v] = {planes + row * c.pitch + start, y + row * c.out[1] + start, std::min(kLanes, c.out[1])};
    }
    PlacesTiles(c, filter, offsets, places);
  }
}

template <int kPlaces>
void OutputsTile(const Direct& c, const float* planes, const float* filter, const int32_t* offsets, float* sums) {
  const D d;
  V sum[kPlaces];
  for (int p = 0; p < kPlaces; ++p) sum[p] = hn::Zero(d);
  const int64_t depth = c.inputs * c.taps;
  for (int64_t k = 0; k < depth; ++k, filter += c.wide) {
    const V w = hn::Load(d, filter);
    const float* x = planes + offsets[k];
    for (int p = 0; p < kPlaces; ++p) sum[p] = hn::MulAdd(w, hn::Set(d, x[p]), sum[p]);
  }
  for (int p = 0; p < kPlaces; ++p) hn::StoreU(sum[p], d, sums + p * kLanes);
}

template <int kPlaces>
void ImageByOutputs(const Direct& c, const float* planes, const float* filter, const int32_t* offsets, float* y) {
  HWY_ALIGN float sums[kPlaces * kLanes];
  const int64_t valid = std::min<int64_t>(kPlaces, c.out[1]);
  for (int64_t row = 0; row < c.out[0]; ++row) {
    for (int64_t next = 0; next < c.out[1]; next += kPlaces) {
      const int64_t start = std::max<int64_t>(0, std::min(next, c.out[1] - kPlaces));
      for (int64_t output = 0; output < c.outputs; output += kLanes) {
        OutputsTile<kPlaces>(c, planes + row * c.pitch + start, filter + output, offsets, sums);
        TurnAll(sums, kLanes, valid, std::min(kLanes, c.outputs - output), y + output * c.out_channel + row * c.out[1] + start, c.out_channel);
      }
    }
  }
}

// The image by tiles of as many places as waste the fewest at a row's end.
void ImageByOutputs(const Direct& c, const float* planes, const float* filter, const int32_t* offsets, float* y) {
  int best = 8;
  const auto spent = [&](int places) { return (c.out[1] + places - 1) / places * places; };
  for (int places = 10; places <= (kMany ? 16 : 12); places += 2) best = spent(places) <= spent(best) ? places : best;
  switch (best) {
    case 8: ImageByOutputs<8>(c, planes, filter, offsets, y); break;
    case 10: ImageByOutputs<10>(c, planes, filter, offsets, y); break;
    case 12: ImageByOutputs<12>(c, planes, filter, offsets, y); break;
    case 14: ImageByOutputs<14>(c, planes, filter, offsets, y); break;
    default: ImageByOutputs<16>(c, planes, filter, offsets, y); break;
  }
}

void ConvolveDirect(const Direct& c, const float* x, const float* f, float* y, float* scratch) {
  std::memset(scratch, 0, static_cast<size_t>(c.Floats()) * sizeof(float));
  const bool by_outputs = OutputsInLanes(c);
  float* filter = scratch + c.Planes();
  const int64_t row = by_outputs ? c.wide : c.outputs;
  int32_t* offsets = reinterpret_cast<int32_t*>(filter + c.Filter());
  for (int64_t i = 0; i < c.inputs; ++i) {
    for (int64_t t = 0; t < c.taps; ++t) {
      const int64_t at = c.reversed ? c.taps - 1 - t : t, k = i * c.taps + t;
      offsets[k] = static_cast<int32_t>(i * c.plane + at / c.window[1] * c.pitch + at % c.window[1]);
      for (int64_t o = 0; o < c.outputs; ++o) filter[k * row + o] = f[o * c.filter_output + i * c.filter_input + t];
    }
  }
  for (int64_t n = 0; n < c.images; ++n) {
    CopyPlanes(c, x + n * c.in_image, scratch);
    if (by_outputs) {
      ImageByOutputs(c, scratch, filter, offsets, y + n * c.out_image);
    } else {
      ImageByPlaces(c, scratch, filter, offsets, y + n * c.out_image);
    }
  }
}

// ---- Gradients by the filter ------------------------------------------------------------------------------------------

// Taps of a row that are summed together, and rows of taps or outputs beside them.
constexpr int kTaps = 5;
constexpr int kTapRows = kMany ? 5 : 2;
constexpr int kGradientOutputs = kMany ? 6 : 2;

// The place in a padded plane of a channel's row of taps.
const float* TapRow(const Direct& c, const float* planes, int64_t row) {
  return planes + row / c.window[0] * c.plane + row % c.window[0] * c.pitch;
}

// sums[row][tap] of outputs in lanes += the products over all places of an image; gradients lie by place.
template <int kWidth>
void OutputSums(const Direct& c, const float* planes, const float* gradients, int64_t row, int64_t tap, float* sums) {
  const D d;
  const float* base[kTapRows];
  float* target[kTapRows];
  V sum[kTapRows][kWidth];
  const int64_t rows = c.inputs * c.window[0];
  for (int r = 0; r < kTapRows; ++r) {
    const int64_t own = std::min(row + r, rows - 1);
    base[r] = TapRow(c, planes, own) + tap;
    target[r] = sums + (own * c.window[1] + tap) * c.wide;
    for (int t = 0; t < kWidth; ++t) sum[r][t] = hn::Load(d, target[r] + t * c.wide);
  }
  for (int64_t y = 0; y < c.out[0]; ++y) {
    for (int64_t x = 0; x < c.out[1]; ++x, gradients += c.wide) {
      const V g = hn::Load(d, gradients);
      for (int r = 0; r < kTapRows; ++r) {
        for (int t = 0; t < kWidth; ++t) sum[r][t] = hn::MulAdd(g, hn::Set(d, base[r][y * c.pitch + x + t]), sum[r][t]);
      }
    }
  }
  for (int r = 0; r < kTapRows; ++r) {
    for (int t = 0; t < kWidth; ++t) hn::Store(sum[r][t], d, target[r] + t * c.wide);
  }
}

// sums[output][row][tap] of places in lanes += the products over all places of an image; rows of gradients are whole vectors.
template <int kWidth>
void PlaceSums(const Direct& c, const float* planes, const float* gradients, int64_t row, int64_t tap, int64_t output, float* sums) {
  const D d;
  const float* base = TapRow(c, planes, row) + tap;
  const int64_t depth = c.inputs * c.taps;
  const float* from[kGradientOutputs];
  float* target[kGradientOutputs];
  V sum[kGradientOutputs][kWidth];
  for (int o = 0; o < kGradientOutputs; ++o) {
    const int64_t own = std::min(output + o, c.outputs - 1);
    from[o] = gradients + own * c.out[0] * c.out_pitch;
    target[o] = sums + (own * depth + row * c.window[1] + tap) * kLanes;
    for (int t = 0; t < kWidth; ++t) sum[o][t] = hn::Load(d, target[o] + t * kLanes);
  }
  for (int64_t y = 0; y < c.out[0]; ++y) {
    for (int64_t x = 0; x < c.out[1]; x += kLanes) {
      V taps[kWidth];
      for (int t = 0; t < kWidth; ++t) taps[t] = hn::LoadU(d, base + y * c.pitch + x + t);
      for (int o = 0; o < kGradientOutputs; ++o) {
        const V g = hn::Load(d, from[o] + y * c.out_pitch + x);
        for (int t = 0; t < kWidth; ++t) sum[o][t] = hn::MulAdd(g, taps[t], sum[o][t]);
      }
    }
  }
  for (int o = 0; o < kGradientOutputs; ++o) {
    for (int t = 0; t < kWidth; ++t) hn::Store(sum[o][t], d, target[o] + t * kLanes);
  }
}

// Calls with a row's taps in pieces of up to five, whose number the callee knows when it is compiled.
template <class Call>
void EachWidth(int64_t taps, Call call) {
  for (int64_t tap = 0; tap < taps; tap += kTaps) {
    switch (std::min<int64_t>(kTaps, taps - tap)) {
      case 5: call(tap, std::integral_constant<int, 5>()); break;
      case 4: call(tap, std::integral_constant<int, 4>()); break;
      case 3: call(tap, std::integral_constant<int, 3>()); break;
      case 2: call(tap, std::integral_constant<int, 2>()); break;
      default: call(tap, std::integral_constant<int, 1>()); break;
    }
  }
}

void AddByOutputs(const Direct& c, const float* planes, const float* dy, float* gradients, float* sums) {
  TurnAll(dy, c.out_channel, c.outputs, c.out[0] * c.out[1], gradients, c.wide);
  for (int64_t row = 0; row < c.inputs * c.window[0]; row += kTapRows) {
    for (int64_t lane = 0; lane < c.outputs; lane += kLanes) {
      EachWidth(c.window[1], [&](int64_t tap, auto width) { OutputSums<decltype(width)::value>(c, planes, gradients + lane, row, tap, sums + lane); });
    }
  }
}

void AddByPlaces(const Direct& c, const float* planes, const float* dy, float* gradients, float* sums) {
  for (int64_t o = 0; o < c.outputs; ++o) {
    for (int64_t y = 0; y < c.out[0]; ++y) {
      CopyRow(dy + o * c.out_channel + y * c.out[1], c.out[1], gradients + (o * c.out[0] + y) * c.out_pitch);
    }
  }
  for (int64_t row = 0; row < c.inputs * c.window[0]; ++row) {
    for (int64_t output = 0; output < c.outputs; output += kGradientOutputs) {
      EachWidth(c.window[1], [&](int64_t tap, auto width) { PlaceSums<decltype(width)::value>(c, planes, gradients, row, tap, output, sums); });
    }
  }
}

void FilterGradientDirect(const Direct& c, const float* x, const float* dy, float* df, float* scratch) {
  float* gradients = scratch + c.Planes();
  float* sums = gradients + c.Gradients();
  std::memset(scratch, 0, static_cast<size_t>(c.Floats()) * sizeof(float));
  const bool by_outputs = OutputsInLanes(c);
  for (int64_t n = 0; n < c.images; ++n) {
    CopyPlanes(c, x + n * c.in_image, scratch);
    (by_outputs ? AddByOutputs : AddByPlaces)(c, scratch, dy + n * c.out_image, gradients, sums);
  }
  const D d;
  const int64_t depth = c.inputs * c.taps;
  for (int64_t o = 0; o < c.outputs; ++o) {
    for (int64_t k = 0; k < depth; ++k) {
      df[o * c.filter_output + k / c.taps * c.filter_input + k % c.taps] =
          by_outputs ? sums[k * c.wide + o] : hn::GetLane(hn::SumOfLanes(d, hn::Load(d, sums + (o * depth + k) * kLanes)));
    }
  }
}

void RunDirect(const Direct& c, const float* left, const float* right, float* result, float* scratch) {
  (c.by_filter ? FilterGradientDirect : ConvolveDirect)(c, left, right, result, scratch);
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace adj
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace adj {
namespace {

bool IsDirect(const adj_convolution& c) {
  if (c.axes < 1 || c.axes > 2 || c.groups != 1 || c.images < 1 || c.inputs < 1 || c.outputs < 1) return false;
  bool fits = c.kind == ADJ_CONVOLVE || c.kind == ADJ_BY_INPUT || c.kind == ADJ_BY_FILTER;
  for (int i = 0; i < c.axes; ++i) {
    fits = fits && c.stride[i] == 1 && c.dilation[i] == 1 && c.input[i] >= 1 && c.window[i] >= 1 && c.output[i] >= 1;
  }
  // Channels beside each other are those of planes of one element here.
  const auto apart = [&](int64_t channel, int64_t count, const int64_t* plane) {
    return count == 1 || channel > 1 || (plane[0] == 1 && (c.axes == 1 || plane[1] == 1));
  };
  return fits && apart(c.input_channel, c.inputs, c.input) && apart(c.output_channel, c.outputs, c.output) &&
         Direct(c).Floats() < (int64_t{1} << 26);
}

}  // namespace
}  // namespace adj

extern "C" {

adj_status adj_direct_scratch(const adj_convolution* convolution, size_t* bytes) noexcept {
  return adj::Guard([&] {
    if (convolution == nullptr || bytes == nullptr) throw adj::Failure(ADJ_BAD_ARGUMENT, "direct convolution: nothing is given.");
    if (!adj::IsDirect(*convolution) || adj::WidestSimd() == adj::Simd::kNone) {
      throw adj::Failure(ADJ_UNSUPPORTED, "direct convolution: takes one or two axes, stride and dilation 1, no groups, and channels that lie apart.");
    }
    *bytes = static_cast<size_t>(adj::Direct(*convolution).Floats()) * sizeof(float) + 64;
  });
}

adj_status adj_direct_run(const adj_convolution* convolution, const float* left, const float* right, float* result, void* scratch) noexcept {
  return adj::Guard([&] {
    if (convolution == nullptr || left == nullptr || right == nullptr || result == nullptr || scratch == nullptr) {
      throw adj::Failure(ADJ_BAD_ARGUMENT, "direct convolution: an operand is missing.");
    }
    if (!adj::IsDirect(*convolution)) throw adj::Failure(ADJ_UNSUPPORTED, "direct convolution: no such layout.");
    const adj::Direct direct(*convolution);
    float* aligned = reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(scratch) + 63) & ~uintptr_t{63});
    ADJ_ON_BEST(RunDirect(direct, left, right, result, aligned));
  });
}

}  // extern "C"

#endif  // HWY_ONCE
