// Convolutions and their gradients against plain sums, over axes, groups, strides, dilation, padding and layouts.

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>

#include "check.h"

namespace {

size_t Place(int64_t place) { return static_cast<size_t>(place); }

int64_t Product(const int64_t* extents, int32_t count) {
  int64_t product = 1;
  for (int32_t i = 0; i < count; ++i) product *= extents[i];
  return product;
}

// An input or output whose channels lie innermost.
bool IsLast(int64_t channel, int64_t channels) { return channel == 1 && channels > 1; }

// Channels within the elements of an image, as networks keep what their convolutions read and give.
void LayLast(adj_convolution& c) {
  c.input_image = Product(c.input, c.axes) * c.inputs, c.input_channel = 1;
  c.output_image = Product(c.output, c.axes) * c.outputs, c.output_channel = 1;
}

// Dense tensors; with swapped ones the batch axis lies inside the channel axis.
void Lay(adj_convolution& c, bool swap_input, bool swap_filter, bool swap_output) {
  const int64_t input = Product(c.input, c.axes), window = Product(c.window, c.axes), output = Product(c.output, c.axes);
  const int64_t group_inputs = c.inputs / c.groups;
  c.input_image = swap_input ? input : input * c.inputs;
  c.input_channel = swap_input ? input * c.images : input;
  c.filter_output = swap_filter ? window : window * group_inputs;
  c.filter_input = swap_filter ? window * c.outputs : window;
  c.output_image = swap_output ? output : output * c.outputs;
  c.output_channel = swap_output ? output * c.images : output;
}

adj_convolution Draw(std::mt19937& random) {
  const auto below = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); };
  adj_convolution c{};
  c.axes = static_cast<int32_t>(1 + below(3));
  c.images = 1 + below(3);
  c.groups = below(3) == 0 ? 2 : 1;
  c.inputs = c.groups * (1 + below(20));
  c.outputs = c.groups * (1 + below(20));
  for (int32_t i = 0; i < c.axes; ++i) {
    c.window[i] = 1 + below(3);
    c.stride[i] = 1 + below(2);
    c.dilation[i] = 1 + below(2);
    const int64_t reach = (c.window[i] - 1) * c.dilation[i] + 1;
    c.low[i] = below(reach);
    const int64_t high = below(reach);
    c.output[i] = 1 + below(9);
    c.input[i] = (c.output[i] - 1) * c.stride[i] + reach - c.low[i] - high;
    if (c.input[i] < 1) c.input[i] += c.low[i], c.low[i] = 0;
    if (c.input[i] < 1) c.input[i] += high;
  }
  Lay(c, below(3) == 0, c.groups == 1 && below(3) == 0, below(3) == 0);
  if (below(2) == 0) LayLast(c);
  return c;
}

// Visits every product of an input, a filter and an output element by their places.
template <class Visit>
void ForEach(const adj_convolution& c, Visit visit) {
  const int64_t outputs = Product(c.output, c.axes), windows = Product(c.window, c.axes);
  const int64_t group_inputs = c.inputs / c.groups, group_outputs = c.outputs / c.groups;
  const int64_t input_step = IsLast(c.input_channel, c.inputs) ? c.inputs : 1;
  const int64_t output_step = IsLast(c.output_channel, c.outputs) ? c.outputs : 1;
  for (int64_t t = 0; t < outputs; ++t) {
    for (int64_t w = 0; w < windows; ++w) {
      int64_t at = 0, left = t, tap = w, step = 1;
      bool inside = true;
      for (int32_t i = c.axes - 1; i >= 0; --i) {
        const int64_t x = left % c.output[i] * c.stride[i] + tap % c.window[i] * c.dilation[i] - c.low[i];
        inside = inside && x >= 0 && x < c.input[i];
        at += x * step;
        step *= c.input[i];
        left /= c.output[i];
        tap /= c.window[i];
      }
      if (!inside) continue;
      for (int64_t n = 0; n < c.images; ++n) {
        for (int64_t o = 0; o < c.outputs; ++o) {
          for (int64_t k = 0; k < group_inputs; ++k) {
            visit(Place(n * c.input_image + (o / group_outputs * group_inputs + k) * c.input_channel + at * input_step),
                  Place(o * c.filter_output + k * c.filter_input + w),
                  Place(n * c.output_image + o * c.output_channel + t * output_step));
          }
        }
      }
    }
  }
}

struct Tensors {
  std::vector<float> input, filter, output;
};

Tensors Fill(const adj_convolution& c, std::mt19937& random) {
  Tensors drawn;
  drawn.input.resize(Place(c.images * c.inputs * Product(c.input, c.axes)));
  drawn.filter.resize(Place(c.outputs * (c.inputs / c.groups) * Product(c.window, c.axes)));
  drawn.output.resize(Place(c.images * c.outputs * Product(c.output, c.axes)));
  std::uniform_real_distribution<float> number(-1, 1);
  for (auto* part : {&drawn.input, &drawn.filter, &drawn.output}) {
    for (float& x : *part) x = number(random);
  }
  return drawn;
}

struct Ends {
  const std::vector<float>*left, *right;
  size_t result;
};

Ends Of(const adj_convolution& c, const Tensors& t) {
  switch (c.kind) {
    case ADJ_CONVOLVE: return {&t.input, &t.filter, t.output.size()};
    case ADJ_BY_INPUT: return {&t.output, &t.filter, t.input.size()};
    default: return {&t.input, &t.output, t.filter.size()};
  }
}

bool Agrees(const adj_convolution& c, const Tensors& t, const std::vector<float>& found) {
  std::vector<double> sum(found.size()), size(found.size()), count(found.size());
  ForEach(c, [&](size_t input, size_t filter, size_t output) {
    const double term = c.kind == ADJ_CONVOLVE   ? static_cast<double>(t.input[input]) * static_cast<double>(t.filter[filter])
                        : c.kind == ADJ_BY_INPUT ? static_cast<double>(t.output[output]) * static_cast<double>(t.filter[filter])
                                                 : static_cast<double>(t.input[input]) * static_cast<double>(t.output[output]);
    const size_t at = c.kind == ADJ_CONVOLVE ? output : c.kind == ADJ_BY_INPUT ? input : filter;
    sum[at] += term, size[at] += std::fabs(term), count[at] += 1;
  });
  for (size_t i = 0; i < found.size(); ++i) {
    const double bound = static_cast<double>(std::numeric_limits<float>::epsilon()) * count[i] * size[i];
    if (!(std::fabs(static_cast<double>(found[i]) - sum[i]) <= bound)) return false;
  }
  return true;
}

std::vector<float> Run(const adj_plan* plan, const Ends& ends, size_t shift) {
  std::vector<float> left(ends.left->size() + shift), right(ends.right->size() + shift);
  std::copy(ends.left->begin(), ends.left->end(), left.begin() + static_cast<std::ptrdiff_t>(shift));
  std::copy(ends.right->begin(), ends.right->end(), right.begin() + static_cast<std::ptrdiff_t>(shift));
  std::vector<float> result(ends.result + shift, std::numeric_limits<float>::quiet_NaN());
  std::vector<char> scratch(adj_plan_scratch(plan));
  check::That(adj_convolution_run(plan, left.data() + shift, right.data() + shift, result.data() + shift, scratch.data()) == ADJ_OK,
              check::Message());
  result.erase(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(shift));
  return result;
}

// The same with the filter packed before, or the gradient by it unpacked after.
std::vector<float> RunPacked(const adj_convolution& c, const adj_plan* plan, const Ends& ends) {
  std::vector<char> scratch(adj_plan_scratch(plan));
  std::vector<float> packed(adj_plan_packed(plan) / sizeof(float)), result(ends.result, std::numeric_limits<float>::quiet_NaN());
  const bool packs = !packed.empty(), by_filter = c.kind == ADJ_BY_FILTER;
  if (packs && !by_filter) {
    check::That(adj_filter_pack(plan, ends.right->data(), packed.data(), scratch.data()) == ADJ_OK, check::Message());
    check::That(adj_filter_unpack(plan, packed.data(), result.data(), scratch.data()) == ADJ_BAD_ARGUMENT, "an operand is not unpacked");
  }
  const float* right = packs && !by_filter ? packed.data() : ends.right->data();
  float* target = packs && by_filter ? packed.data() : result.data();
  check::That(adj_convolution_run_packed(plan, ends.left->data(), right, target, scratch.data()) == ADJ_OK, check::Message());
  if (packs && by_filter) {
    check::That(adj_filter_unpack(plan, packed.data(), result.data(), scratch.data()) == ADJ_OK, check::Message());
  }
  return result;
}

std::string Name(const adj_convolution& c) {
  std::string name = c.kind == ADJ_CONVOLVE ? "convolution" : c.kind == ADJ_BY_INPUT ? "gradient by input" : "gradient by filter";
  name += " " + std::to_string(c.images) + "x" + std::to_string(c.inputs) + "->" + std::to_string(c.outputs) + " groups " +
          std::to_string(c.groups);
  for (int32_t i = 0; i < c.axes; ++i) {
    name += " [" + std::to_string(c.input[i]) + " by " + std::to_string(c.window[i]) + " stride " + std::to_string(c.stride[i]) +
            " dilation " + std::to_string(c.dilation[i]) + " low " + std::to_string(c.low[i]) + "]";
  }
  return name;
}

void Random(const adj_library* library) {
  std::mt19937 random(11);
  int planned = 0;
  for (int i = 0; i < 150; ++i) {
    adj_convolution c = Draw(random);
    const Tensors drawn = Fill(c, random);
    for (const adj_convolution_kind kind : {ADJ_CONVOLVE, ADJ_BY_INPUT, ADJ_BY_FILTER}) {
      c.kind = kind;
      adj_plan* plan = nullptr;
      const adj_status status = adj_convolution_plan(library, &c, &plan);
      check::That(status == ADJ_OK || status == ADJ_UNSUPPORTED, Name(c) + ": " + check::Message());
      if (status != ADJ_OK) continue;
      ++planned;
      const Ends ends = Of(c, drawn);
      const std::vector<float> first = Run(plan, ends, 0);
      check::That(Agrees(c, drawn, first), Name(c) + " agrees with plain sums");
      std::vector<float> second, third;
      std::thread other([&] { second = Run(plan, ends, 1); });
      third = Run(plan, ends, 3);
      other.join();
      check::That(std::memcmp(first.data(), second.data(), first.size() * sizeof(float)) == 0 &&
                      std::memcmp(first.data(), third.data(), first.size() * sizeof(float)) == 0,
                  Name(c) + " gives the same bits anywhere in memory and on two threads");
      const std::vector<float> packed = RunPacked(c, plan, ends);
      check::That(std::memcmp(first.data(), packed.data(), first.size() * sizeof(float)) == 0, Name(c) + " gives the same bits packed");
      adj_plan* like = nullptr;
      const adj_status alike = adj_convolution_plan_like(library, &c, plan, &like);
      check::That(alike == ADJ_OK && adj_plan_packed(like) == adj_plan_packed(plan), Name(c) + " is like itself");
      adj_plan_destroy(like);
      adj_plan_destroy(plan);
    }
  }
  check::That(planned > 200, "most convolutions have a plan: " + std::to_string(planned));
  std::printf("%d plans\n", planned);
}

void Refusals(const adj_library* library) {
  adj_plan* plan = nullptr;
  adj_convolution c{};
  check::That(adj_convolution_plan(library, &c, &plan) == ADJ_BAD_ARGUMENT && plan == nullptr, "no axes");
  c.axes = 1, c.images = c.inputs = c.outputs = 3, c.groups = 2;
  check::That(adj_convolution_plan(library, &c, &plan) == ADJ_BAD_ARGUMENT, "groups that do not divide");
  check::That(adj_convolution_run(nullptr, nullptr, nullptr, nullptr, nullptr) == ADJ_BAD_ARGUMENT, "no plan");
  adj_plan_destroy(nullptr);
}

// Speeds of some layers in f32, in GF/s: convolution_test --speed.
void Speed(const adj_library* library) {
  struct Layer {
    int64_t images, inputs, outputs, extent, window, low;
  };
  for (const Layer& l : {Layer{128, 1, 6, 28, 5, 2}, {128, 6, 16, 14, 5, 0}, {128, 16, 16, 32, 3, 1}, {128, 64, 64, 8, 3, 1}, {8, 64, 64, 56, 3, 1}}) {
    adj_convolution c{};
    c.axes = 2, c.images = l.images, c.groups = 1, c.inputs = l.inputs, c.outputs = l.outputs;
    for (int i = 0; i < 2; ++i) {
      c.input[i] = l.extent, c.window[i] = l.window, c.stride[i] = c.dilation[i] = 1, c.low[i] = l.low;
      c.output[i] = l.extent + 2 * l.low - l.window + 1;
    }
    Lay(c, false, false, false);
    std::mt19937 random(3);
    const Tensors drawn = Fill(c, random);
    std::printf("%ld x %ld -> %ld, %ld by %ld:", l.images, l.inputs, l.outputs, l.extent, l.window);
    for (const adj_convolution_kind kind : {ADJ_CONVOLVE, ADJ_BY_INPUT, ADJ_BY_FILTER}) {
      c.kind = kind;
      adj_plan* plan = nullptr;
      if (adj_convolution_plan(library, &c, &plan) != ADJ_OK) continue;
      const Ends ends = Of(c, drawn);
      std::vector<float> result(ends.result);
      std::vector<char> scratch(adj_plan_scratch(plan));
      double best = 1e9;
      for (int i = 0; i < 12; ++i) {
        const auto start = std::chrono::steady_clock::now();
        adj_convolution_run(plan, ends.left->data(), ends.right->data(), result.data(), scratch.data());
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      }
      const double work = 2.0 * static_cast<double>(l.images * l.inputs * l.outputs * c.output[0] * c.output[1] * l.window * l.window);
      std::printf("  %.1f GF/s (%.3f ms)", work / best * 1e-9, best * 1e3);
      adj_plan_destroy(plan);
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int count, char** arguments) {
  for (const check::Opened& opened : check::Libraries()) {
    Refusals(opened.library);
    if (opened.name == "oneDNN") {
      if (count > 1 && std::strcmp(arguments[1], "--speed") == 0) {
        Speed(opened.library);
      } else {
        Random(opened.library);
      }
    }
    adj_library_close(opened.library);
  }
  return check::End();
}
