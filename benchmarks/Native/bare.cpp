// Bare calls of oneDNN in the layouts that it likes best: what the heavy operations of a network take at least. Operands lie
// in these layouts before the clock starts. Times are nanoseconds, the least of a few runs.

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <unordered_map>
#include <vector>

#include "oneapi/dnnl/dnnl.hpp"

namespace {

using dnnl::memory;
using tag = memory::format_tag;

memory::desc any(const memory::dims& dims) { return {dims, memory::data_type::f32, tag::any}; }

memory filled(const memory::desc& desc, const dnnl::engine& engine) {
  memory made(desc, engine);
  auto* data = static_cast<float*>(made.get_data_handle());
  for (std::size_t i = 0; i < desc.get_size() / sizeof(float); i++) data[i] = 0.01f * static_cast<float>(i % 13) - 0.06f;
  return made;
}

// The least time of a call, as often as about a fifth of a second takes.
double least(const dnnl::primitive& call, const dnnl::engine& engine, const std::unordered_map<int, memory>& operands) {
  dnnl::stream stream(engine);
  double best = 1e18, all = 0;
  for (int run = 0; run < 3 || (run < 50 && all < 2e8); run++) {
    const auto start = std::chrono::steady_clock::now();
    call.execute(stream, operands);
    stream.wait();
    const double time = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
    best = std::min(best, time);
    all += time;
  }
  return best;
}

// kind, images, groups, inputs, outputs, then height and width of input, window, output, stride, dilation, low padding.
struct Convolution {
  int64_t kind, images, groups, inputs, outputs, input[2], window[2], output[2], stride[2], dilation[2], low[2];
};

double convolution(const Convolution& c, const dnnl::engine& engine) {
  const memory::dims x{c.images, c.inputs, c.input[0], c.input[1]}, y{c.images, c.outputs, c.output[0], c.output[1]};
  const memory::dims plain{c.outputs, c.inputs, c.window[0], c.window[1]};
  const memory::dims grouped{c.groups, c.outputs / c.groups, c.inputs / c.groups, c.window[0], c.window[1]};
  const memory::dims& w = c.groups == 1 ? plain : grouped;
  const memory::dims strides{c.stride[0], c.stride[1]}, dilates{c.dilation[0] - 1, c.dilation[1] - 1}, low{c.low[0], c.low[1]};
  memory::dims high(2);
  for (int i = 0; i < 2; i++) high[i] = (c.output[i] - 1) * c.stride[i] + (c.window[i] - 1) * c.dilation[i] + 1 - c.input[i] - c.low[i];
  const auto algorithm = dnnl::algorithm::convolution_direct;
  const dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, algorithm, any(x), any(w), any(y), strides, dilates, low, high}, engine);
  if (c.kind == 0) {
    return least(dnnl::convolution_forward(forward), engine,
                 {{DNNL_ARG_SRC, filled(forward.src_desc(), engine)},
                  {DNNL_ARG_WEIGHTS, filled(forward.weights_desc(), engine)},
                  {DNNL_ARG_DST, filled(forward.dst_desc(), engine)}});
  }
  if (c.kind == 1) {
    const dnnl::convolution_backward_data::primitive_desc back(
        {algorithm, any(x), any(w), any(y), strides, dilates, low, high}, engine, forward);
    return least(dnnl::convolution_backward_data(back), engine,
                 {{DNNL_ARG_DIFF_DST, filled(back.diff_dst_desc(), engine)},
                  {DNNL_ARG_WEIGHTS, filled(back.weights_desc(), engine)},
                  {DNNL_ARG_DIFF_SRC, filled(back.diff_src_desc(), engine)}});
  }
  const dnnl::convolution_backward_weights::primitive_desc back(
      {algorithm, any(x), any(w), any(y), strides, dilates, low, high}, engine, forward);
  return least(dnnl::convolution_backward_weights(back), engine,
               {{DNNL_ARG_SRC, filled(back.src_desc(), engine)},
                {DNNL_ARG_DIFF_DST, filled(back.diff_dst_desc(), engine)},
                {DNNL_ARG_DIFF_WEIGHTS, filled(back.diff_weights_desc(), engine)}});
}

double product(int64_t batch, int64_t m, int64_t n, int64_t k, const dnnl::engine& engine) {
  const dnnl::matmul::primitive_desc shape({any({batch, m, k}), any({batch, k, n}), any({batch, m, n})}, engine);
  return least(dnnl::matmul(shape), engine,
               {{DNNL_ARG_SRC, filled(shape.src_desc(), engine)},
                {DNNL_ARG_WEIGHTS, filled(shape.weights_desc(), engine)},
                {DNNL_ARG_DST, filled(shape.dst_desc(), engine)}});
}

}  // namespace

// -1 where the library has no such convolution.
extern "C" double bare_convolution(const int64_t* numbers, int64_t threads) {
  try {
    omp_set_num_threads(static_cast<int>(threads));
    Convolution shape;
    std::copy(numbers, numbers + 17, reinterpret_cast<int64_t*>(&shape));
    return convolution(shape, dnnl::engine(dnnl::engine::kind::cpu, 0));
  } catch (const std::exception&) {
    return -1;
  }
}

// numbers: batch, rows, columns, terms.
extern "C" double bare_product(const int64_t* numbers, int64_t threads) {
  try {
    omp_set_num_threads(static_cast<int>(threads));
    return product(numbers[0], numbers[1], numbers[2], numbers[3], dnnl::engine(dnnl::engine::kind::cpu, 0));
  } catch (const std::exception&) {
    return -1;
  }
}
