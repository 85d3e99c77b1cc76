// Convolutions of few channels against plain sums, over kinds, one and two axes, paddings, layouts and places in memory.

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "check.h"

namespace {

using Floats = std::vector<float>;

size_t Place(int64_t place) { return static_cast<size_t>(place); }

// Two axes; where there is one, the first has one element.
struct Case {
  adj_convolution c{};
  int64_t in[2], window[2], out[2], low[2];
};

Case Draw(std::mt19937& random) {
  const auto below = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); };
  Case drawn;
  adj_convolution& c = drawn.c;
  c.axes = static_cast<int32_t>(1 + below(2));
  c.images = 1 + below(4), c.groups = 1;
  c.inputs = 1 + below(7), c.outputs = 1 + below(35);
  if (below(2) == 0) std::swap(c.inputs, c.outputs);
  for (int i = 0; i < 2; ++i) {
    const bool flat = c.axes == 1 && i == 0;
    drawn.window[i] = flat ? 1 : 1 + below(7);
    drawn.low[i] = flat ? 0 : below(drawn.window[i]);
    drawn.out[i] = flat ? 1 : 1 + below(below(3) == 0 ? 40 : 18);
    drawn.in[i] = drawn.out[i] + drawn.window[i] - 1 - drawn.low[i] - (flat ? 0 : below(drawn.window[i]));
    if (drawn.in[i] < 1) drawn.in[i] = 1;
    if (flat) continue;
    const int at = c.axes == 1 ? 0 : i;
    c.input[at] = drawn.in[i], c.window[at] = drawn.window[i], c.output[at] = drawn.out[i], c.low[at] = drawn.low[i];
    c.stride[at] = c.dilation[at] = 1;
  }
  const int64_t input = drawn.in[0] * drawn.in[1], taps = drawn.window[0] * drawn.window[1], output = drawn.out[0] * drawn.out[1];
  const bool swap_input = below(3) == 0, swap_filter = below(3) == 0, swap_output = below(3) == 0;
  c.input_image = swap_input ? input : input * c.inputs, c.input_channel = swap_input ? input * c.images : input;
  c.filter_output = swap_filter ? taps : taps * c.inputs, c.filter_input = swap_filter ? taps * c.outputs : taps;
  c.output_image = swap_output ? output : output * c.outputs, c.output_channel = swap_output ? output * c.images : output;
  return drawn;
}

struct Tensors {
  Floats input, filter, output;
};

// Visits every product of an input, a filter and an output element by their places.
template <class Visit>
void ForEach(const Case& drawn, Visit visit) {
  const adj_convolution& c = drawn.c;
  for (int64_t y = 0; y < drawn.out[0]; ++y) {
    for (int64_t x = 0; x < drawn.out[1]; ++x) {
      for (int64_t w = 0; w < drawn.window[0] * drawn.window[1]; ++w) {
        const int64_t row = y + w / drawn.window[1] - drawn.low[0], column = x + w % drawn.window[1] - drawn.low[1];
        if (row < 0 || row >= drawn.in[0] || column < 0 || column >= drawn.in[1]) continue;
        for (int64_t n = 0; n < c.images; ++n) {
          for (int64_t o = 0; o < c.outputs; ++o) {
            for (int64_t i = 0; i < c.inputs; ++i) {
              visit(Place(n * c.input_image + i * c.input_channel + row * drawn.in[1] + column), Place(o * c.filter_output + i * c.filter_input + w),
                    Place(n * c.output_image + o * c.output_channel + y * drawn.out[1] + x));
            }
          }
        }
      }
    }
  }
}

std::string Name(const Case& drawn) {
  const adj_convolution& c = drawn.c;
  std::string name = "kind " + std::to_string(c.kind) + ": " + std::to_string(c.images) + "x" + std::to_string(c.inputs) + "->" + std::to_string(c.outputs);
  for (int i = 0; i < 2; ++i) {
    name += " [" + std::to_string(drawn.in[i]) + " by " + std::to_string(drawn.window[i]) + " low " + std::to_string(drawn.low[i]) + " to " +
            std::to_string(drawn.out[i]) + "]";
  }
  return name;
}

// Runs with operands so many elements behind an aligned place; what lies around the result must stay.
Floats Run(const Case& drawn, const Floats& left, const Floats& right, size_t result, size_t shift) {
  Floats a(left.size() + shift), b(right.size() + shift), y(result + 2 * shift, -77.0f);
  std::copy(left.begin(), left.end(), a.begin() + static_cast<std::ptrdiff_t>(shift));
  std::copy(right.begin(), right.end(), b.begin() + static_cast<std::ptrdiff_t>(shift));
  size_t bytes = 0;
  check::That(adj_direct_scratch(&drawn.c, &bytes) == ADJ_OK, Name(drawn) + ": " + check::Message());
  std::vector<char> scratch(bytes, static_cast<char>(0xFF));
  check::That(adj_direct_run(&drawn.c, a.data() + shift, b.data() + shift, y.data() + shift, scratch.data()) == ADJ_OK, Name(drawn) + ": " + check::Message());
  for (size_t i = 0; i < shift; ++i) check::That(y[i] == -77.0f && y[shift + result + i] == -77.0f, Name(drawn) + " writes its result alone");
  return Floats(y.begin() + static_cast<std::ptrdiff_t>(shift), y.begin() + static_cast<std::ptrdiff_t>(shift + result));
}

void Check(const Case& drawn, const Tensors& t) {
  const bool forward = drawn.c.kind == ADJ_CONVOLVE, by_input = drawn.c.kind == ADJ_BY_INPUT;
  const Floats &left = by_input ? t.output : t.input, &right = forward || by_input ? t.filter : t.output;
  const size_t count = forward ? t.output.size() : by_input ? t.input.size() : t.filter.size();
  std::vector<double> sum(count), size(count), terms(count);
  ForEach(drawn, [&](size_t input, size_t filter, size_t output) {
    const double x = static_cast<double>(t.input[input]), f = static_cast<double>(t.filter[filter]), y = static_cast<double>(t.output[output]);
    const size_t at = forward ? output : by_input ? input : filter;
    const double term = forward ? x * f : by_input ? y * f : x * y;
    sum[at] += term, size[at] += std::fabs(term), terms[at] += 1;
  });
  const Floats found = Run(drawn, left, right, count, 0);
  bool agrees = true;
  for (size_t i = 0; i < count; ++i) {
    const double bound = static_cast<double>(std::numeric_limits<float>::epsilon()) * terms[i] * size[i];
    agrees = agrees && std::fabs(static_cast<double>(found[i]) - sum[i]) <= bound;
  }
  check::That(agrees, Name(drawn) + " agrees with plain sums");
  const Floats moved = Run(drawn, left, right, count, 3);
  check::That(std::memcmp(found.data(), moved.data(), count * sizeof(float)) == 0, Name(drawn) + " gives the same bits anywhere in memory");
}

void Random() {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> number(-1, 1);
  for (int i = 0; i < 200; ++i) {
    Case drawn = Draw(random);
    Tensors t{Floats(Place(drawn.c.images * drawn.c.inputs * drawn.in[0] * drawn.in[1])),
              Floats(Place(drawn.c.outputs * drawn.c.inputs * drawn.window[0] * drawn.window[1])),
              Floats(Place(drawn.c.images * drawn.c.outputs * drawn.out[0] * drawn.out[1]))};
    for (auto* part : {&t.input, &t.filter, &t.output}) {
      for (float& x : *part) x = number(random);
    }
    for (const adj_convolution_kind kind : {ADJ_CONVOLVE, ADJ_BY_INPUT, ADJ_BY_FILTER}) {
      drawn.c.kind = kind;
      Check(drawn, t);
    }
  }
}

void Refusals() {
  size_t bytes = 0;
  adj_convolution c{};
  check::That(adj_direct_scratch(nullptr, &bytes) == ADJ_BAD_ARGUMENT, "no convolution");
  check::That(adj_direct_scratch(&c, &bytes) == ADJ_UNSUPPORTED, "no axes");
  check::That(adj_direct_run(&c, nullptr, nullptr, nullptr, nullptr) == ADJ_BAD_ARGUMENT, "no operands");
  std::mt19937 random(1);
  Case drawn = Draw(random);
  drawn.c.stride[0] = 2;
  check::That(adj_direct_scratch(&drawn.c, &bytes) == ADJ_UNSUPPORTED, "strides");
}

}  // namespace

int main() {
  char text[32];
  if (adj_simd_describe(text, sizeof text) != 0) {
    Random();
    Refusals();
  }
  return check::End();
}
