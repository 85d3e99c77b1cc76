// Convolutions by oneDNN: in layouts of its choice, with reorders from and to the caller's where they differ.

#if ADJOINT_WITH_ONEDNN

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "onednn.h"

namespace adj {
namespace {

constexpr size_t kAlignment = 64;

using Dims = std::array<dnnl_dim_t, DNNL_MAX_NDIMS>;

size_t Rounded(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Shapes of the three tensors of a convolution, and of the window's way over the input.
struct Shapes {
  explicit Shapes(const adj_convolution& c) : axes(c.axes), grouped(c.groups > 1 ? 1 : 0) {
    const dnnl_dim_t group_outputs = c.outputs / c.groups, group_inputs = c.inputs / c.groups;
    input = {c.images, c.inputs};
    output = {c.images, c.outputs};
    input_strides = {c.input_image, c.input_channel};
    output_strides = {c.output_image, c.output_channel};
    if (grouped == 1) {
      filter = {c.groups, group_outputs, group_inputs};
      filter_strides = {c.filter_output * group_outputs, c.filter_output, c.filter_input};
    } else {
      filter = {group_outputs, group_inputs};
      filter_strides = {c.filter_output, c.filter_input};
    }
    // Where channels lie innermost, elements of an image are as far apart as there are channels.
    dnnl_dim_t input_plane = Innermost(c.input_channel, c.inputs), output_plane = Innermost(c.output_channel, c.outputs);
    dnnl_dim_t window = 1;
    for (int i = axes - 1; i >= 0; --i) {
      const size_t at = static_cast<size_t>(i), place = at + 2;
      const size_t filter_place = place + static_cast<size_t>(grouped);
      input[place] = c.input[at], input_strides[place] = input_plane, input_plane *= c.input[at];
      filter[filter_place] = c.window[at], filter_strides[filter_place] = window, window *= c.window[at];
      output[place] = c.output[at], output_strides[place] = output_plane, output_plane *= c.output[at];
      stride[at] = c.stride[at];
      dilation[at] = c.dilation[at] - 1;
      low[at] = c.low[at];
      high[at] = (c.output[at] - 1) * c.stride[at] + (c.window[at] - 1) * c.dilation[at] + 1 - c.input[at] - c.low[at];
    }
  }

  static dnnl_dim_t Innermost(dnnl_dim_t distance, dnnl_dim_t channels) { return distance == 1 ? channels : 1; }

  int axes, grouped;
  Dims input{}, filter{}, output{}, input_strides{}, filter_strides{}, output_strides{};
  Dims stride{}, dilation{}, low{}, high{};
};

// An operand or result: as the caller has it, as the kernel wants it, and the way between where they differ.
struct Side {
  dnnl_memory_desc_t theirs, ours;
  Owned<dnnl_primitive_t> reorder;
  size_t reorder_scratch = 0;
  int argument = 0;

  bool IsCopied() const { return reorder.get() != nullptr; }
};

class ConvolutionPlan final : public Plan {
 public:
  ConvolutionPlan(const OneDnnCalls& calls, dnnl_engine_t engine, const adj_convolution& c, const ConvolutionPlan* like)
      : calls_(calls), engine_(engine), filter_side_(c.kind == ADJ_BY_FILTER ? 2 : 1) {
    const Shapes shapes(c);
    const auto describe = [&](const Dims& dims, const Dims& strides, int axes, Side& side) {
      Check(calls.dnnl_memory_desc_init_by_strides(&side.theirs, axes, dims.data(), dnnl_f32, strides.data()), "a layout");
      Check(calls.dnnl_memory_desc_init_by_tag(&side.ours, axes, dims.data(), dnnl_f32, dnnl_format_tag_any), "a free layout");
    };
    Side input, filter, output;
    describe(shapes.input, shapes.input_strides, shapes.axes + 2, input);
    describe(shapes.filter, shapes.filter_strides, shapes.axes + 2 + shapes.grouped, filter);
    describe(shapes.output, shapes.output_strides, shapes.axes + 2, output);
    // What lies with channels innermost stays so: the kernels for that are as fast, and nothing is copied.
    if (c.input_channel == 1) input.ours = input.theirs;
    if (c.output_channel == 1) output.ours = output.theirs;
    if (like != nullptr) filter.ours = like->sides_[like->filter_side_].ours;
    PrimitiveDesc desc = Choose(shapes, ADJ_CONVOLVE, input, filter, output, nullptr);
    if (c.kind != ADJ_CONVOLVE) desc = Choose(shapes, c.kind, input, filter, output, desc.get());
    Bind(c.kind, desc.get(), std::move(input), std::move(filter), std::move(output));
  }

  size_t Scratch() const override { return scratch_ + kAlignment; }

  size_t Packed() const override {
    const Side& filter = sides_[filter_side_];
    return filter.IsCopied() ? calls_.dnnl_memory_desc_get_size(&filter.ours) : 0;
  }

  void Pack(const float* filter, float* packed, void* scratch) const override {
    Call call(*this);
    call.Reorder(sides_[1], call.Memory(sides_[1].theirs, const_cast<float*>(filter)), call.Memory(sides_[1].ours, packed), Aligned(scratch));
  }

  void Unpack(const float* packed, float* filter, void* scratch) const override {
    Call call(*this);
    call.Reorder(sides_[2], call.Memory(sides_[2].ours, const_cast<float*>(packed)), call.Memory(sides_[2].theirs, filter), Aligned(scratch));
  }

  void Run(const float* left, const float* right, float* result, void* scratch, bool is_packed) const override {
    Call call(*this);
    char* free = Aligned(scratch);
    char* pad = free + copies_;
    std::array<dnnl_exec_arg_t, 4> arguments;
    const std::array<void*, 3> theirs = {const_cast<float*>(left), const_cast<float*>(right), result};
    const auto copied = [&](size_t i) { return sides_[i].IsCopied() && !(is_packed && i == filter_side_); };
    for (size_t i = 0; i < 3; ++i) {
      void* data = copied(i) ? free : theirs[i];
      arguments[i] = {sides_[i].argument, call.Memory(sides_[i].ours, data)};
      if (!copied(i)) continue;
      free += Rounded(calls_.dnnl_memory_desc_get_size(&sides_[i].ours));
      if (i < 2) call.Reorder(sides_[i], call.Memory(sides_[i].theirs, theirs[i]), arguments[i].memory, pad);
    }
    arguments[3] = {DNNL_ARG_SCRATCHPAD, call.Memory(pad_, pad)};
    call.Execute(kernel_.get(), 4, arguments.data(), "a convolution");
    if (copied(2)) call.Reorder(sides_[2], arguments[2].memory, call.Memory(sides_[2].theirs, result), pad);
  }

 private:
  // One call on the caller's thread: its stream, and what it names memory by.
  class Call {
   public:
    explicit Call(const ConvolutionPlan& plan) : plan_(plan), calls_(plan.calls_), alone_(plan.calls_) {
      dnnl_stream_t stream;
      Check(calls_.dnnl_stream_create(&stream, plan.engine_, dnnl_stream_default_flags), "a stream");
      stream_ = {stream, calls_.dnnl_stream_destroy};
    }

    dnnl_memory_t Memory(const dnnl_memory_desc_t& layout, void* data) {
      dnnl_memory_t memory;
      Check(calls_.dnnl_memory_create(&memory, &layout, plan_.engine_, data), "memory");
      held_.emplace_back(memory, calls_.dnnl_memory_destroy);
      return memory;
    }

    void Reorder(const Side& side, dnnl_memory_t from, dnnl_memory_t to, void* pad) {
      dnnl_memory_desc_t layout = plan_.pad_;
      const dnnl_dim_t bytes = static_cast<dnnl_dim_t>(side.reorder_scratch);
      const dnnl_dim_t dense = 1;
      Check(calls_.dnnl_memory_desc_init_by_strides(&layout, bytes == 0 ? 0 : 1, &bytes, dnnl_u8, &dense), "a layout");
      const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}, {DNNL_ARG_SCRATCHPAD, Memory(layout, pad)}};
      Execute(side.reorder.get(), 3, arguments, "a reorder");
    }

    void Execute(const_dnnl_primitive_t primitive, int count, const dnnl_exec_arg_t* arguments, const char* what) {
      Check(calls_.dnnl_primitive_execute(primitive, stream_.get(), count, arguments), what);
      Check(calls_.dnnl_stream_wait(stream_.get()), "a stream");
    }

   private:
    const ConvolutionPlan& plan_;
    const OneDnnCalls& calls_;
    OneThread alone_;
    Owned<dnnl_stream_t> stream_;
    std::vector<Owned<dnnl_memory_t>> held_;
  };

  static char* Aligned(void* scratch) {
    const auto place = reinterpret_cast<uintptr_t>(scratch);
    return static_cast<char*>(scratch) + (Rounded(place) - place);
  }

  struct Destroy {
    dnnl_status_t (*destroy)(dnnl_primitive_desc_t);
    void operator()(dnnl_primitive_desc_t desc) const { destroy(desc); }
  };
  using PrimitiveDesc = std::unique_ptr<std::remove_pointer_t<dnnl_primitive_desc_t>, Destroy>;

  // The library's choice for one kind. Gradients take the forward convolution's as a hint.
  PrimitiveDesc Choose(const Shapes& s, adj_convolution_kind kind, const Side& input, const Side& filter, const Side& output,
                       const_dnnl_primitive_desc_t hint) const {
    dnnl_convolution_desc_t desc;
    if (kind == ADJ_CONVOLVE) {
      Check(calls_.dnnl_dilated_convolution_forward_desc_init(&desc, dnnl_forward_training, dnnl_convolution_direct, &input.ours,
                                                              &filter.ours, nullptr, &output.ours, s.stride.data(),
                                                              s.dilation.data(), s.low.data(), s.high.data()),
            "a convolution");
    } else if (kind == ADJ_BY_INPUT) {
      Check(calls_.dnnl_dilated_convolution_backward_data_desc_init(&desc, dnnl_convolution_direct, &input.ours, &filter.ours,
                                                                    &output.ours, s.stride.data(), s.dilation.data(),
                                                                    s.low.data(), s.high.data()),
            "a gradient by the input");
    } else {
      Check(calls_.dnnl_dilated_convolution_backward_weights_desc_init(&desc, dnnl_convolution_direct, &input.ours, &filter.ours,
                                                                       nullptr, &output.ours, s.stride.data(), s.dilation.data(),
                                                                       s.low.data(), s.high.data()),
            "a gradient by the filter");
    }
    dnnl_primitive_attr_t attributes;
    Check(calls_.dnnl_primitive_attr_create(&attributes), "attributes");
    const Owned<dnnl_primitive_attr_t> owned(attributes, calls_.dnnl_primitive_attr_destroy);
    Check(calls_.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "the scratch memory's owner");
    dnnl_primitive_desc_t chosen;
    Check(calls_.dnnl_primitive_desc_create(&chosen, &desc, attributes, engine_, hint), "a convolution's choice");
    return PrimitiveDesc(chosen, Destroy{calls_.dnnl_primitive_desc_destroy});
  }

  // Keeps the kernel, the layouts that it wants, and the reorders to them; fails where the library has only its reference.
  void Bind(adj_convolution_kind kind, const_dnnl_primitive_desc_t desc, Side input, Side filter, Side output) {
    const char* name = nullptr;
    Check(calls_.dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, &name), "a name");
    if (std::strstr(name, "ref") == name) throw Failure(ADJ_UNSUPPORTED, "oneDNN has only its reference for this convolution.");
    const auto wanted = [&](dnnl_query_t what) { return *calls_.dnnl_primitive_desc_query_md(desc, what, 0); };
    const bool by_input = kind == ADJ_BY_INPUT, by_filter = kind == ADJ_BY_FILTER;
    input.ours = wanted(by_input ? dnnl_query_diff_src_md : dnnl_query_src_md);
    filter.ours = wanted(by_filter ? dnnl_query_diff_weights_md : dnnl_query_weights_md);
    output.ours = wanted(kind == ADJ_CONVOLVE ? dnnl_query_dst_md : dnnl_query_diff_dst_md);
    input.argument = by_input ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC;
    filter.argument = by_filter ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS;
    output.argument = kind == ADJ_CONVOLVE ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST;
    pad_ = wanted(dnnl_query_scratchpad_md);
    dnnl_primitive_t kernel;
    Check(calls_.dnnl_primitive_create(&kernel, desc), "a kernel");
    kernel_ = {kernel, calls_.dnnl_primitive_destroy};
    sides_[0] = std::move(by_input ? output : input);
    sides_[1] = std::move(by_filter ? output : filter);
    sides_[2] = std::move(by_input ? input : by_filter ? filter : output);
    size_t pad = calls_.dnnl_memory_desc_get_size(&pad_);
    for (size_t i = 0; i < 3; ++i) {
      if (calls_.dnnl_memory_desc_equal(&sides_[i].ours, &sides_[i].theirs) != 0) continue;
      MakeReorder(sides_[i], i == 2);
      copies_ += Rounded(calls_.dnnl_memory_desc_get_size(&sides_[i].ours));
      pad = std::max(pad, sides_[i].reorder_scratch);
    }
    scratch_ = copies_ + pad;
  }

  void MakeReorder(Side& side, bool is_result) const {
    dnnl_primitive_attr_t attributes;
    Check(calls_.dnnl_primitive_attr_create(&attributes), "attributes");
    const Owned<dnnl_primitive_attr_t> owned(attributes, calls_.dnnl_primitive_attr_destroy);
    Check(calls_.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "the scratch memory's owner");
    dnnl_primitive_desc_t desc;
    const dnnl_memory_desc_t &from = is_result ? side.ours : side.theirs, &to = is_result ? side.theirs : side.ours;
    Check(calls_.dnnl_reorder_primitive_desc_create(&desc, &from, engine_, &to, engine_, attributes), "a reorder");
    const PrimitiveDesc kept(desc, Destroy{calls_.dnnl_primitive_desc_destroy});
    dnnl_primitive_t reorder;
    Check(calls_.dnnl_primitive_create(&reorder, desc), "a reorder");
    side.reorder = {reorder, calls_.dnnl_primitive_destroy};
    side.reorder_scratch = calls_.dnnl_memory_desc_get_size(calls_.dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0));
  }

  const OneDnnCalls& calls_;
  dnnl_engine_t engine_;
  Owned<dnnl_primitive_t> kernel_;
  dnnl_memory_desc_t pad_;
  std::array<Side, 3> sides_;
  size_t filter_side_, copies_ = 0, scratch_ = 0;
};

}  // namespace

std::unique_ptr<Plan> PlanOneDnnConvolution(const OneDnnCalls& calls, dnnl_engine_t engine, const adj_convolution& convolution,
                                            const Plan* like) {
  return std::make_unique<ConvolutionPlan>(calls, engine, convolution, dynamic_cast<const ConvolutionPlan*>(like));
}

}  // namespace adj

#endif
