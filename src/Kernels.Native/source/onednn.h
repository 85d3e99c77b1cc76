// oneDNN's C interface, bound at run time, and what all kernels over it share.

#ifndef ADJOINT_ONEDNN_H
#define ADJOINT_ONEDNN_H

#include <oneapi/dnnl/dnnl.h>

#include <memory>
#include <string>

#include "library.h"
#include "provider.h"

namespace adj {

// The functions that are used, by their own names.
struct OneDnnCalls {
  explicit OneDnnCalls(const Library& library);

#define ADJ_ONEDNN_CALLS(use)                                                                                            \
  use(dnnl_version) use(dnnl_get_effective_cpu_isa) use(dnnl_sgemm) use(dnnl_engine_create) use(dnnl_engine_destroy)     \
  use(dnnl_stream_create) use(dnnl_stream_destroy) use(dnnl_stream_wait) use(dnnl_memory_desc_init_by_strides)           \
  use(dnnl_memory_desc_init_by_tag) use(dnnl_memory_desc_equal) use(dnnl_memory_desc_get_size)                           \
  use(dnnl_memory_create) use(dnnl_memory_destroy) use(dnnl_dilated_convolution_forward_desc_init)                       \
  use(dnnl_dilated_convolution_backward_data_desc_init) use(dnnl_dilated_convolution_backward_weights_desc_init)         \
  use(dnnl_primitive_attr_create) use(dnnl_primitive_attr_destroy) use(dnnl_primitive_attr_set_scratchpad_mode)          \
  use(dnnl_primitive_desc_create) use(dnnl_primitive_desc_destroy) use(dnnl_primitive_desc_query)                        \
  use(dnnl_primitive_desc_query_md) use(dnnl_reorder_primitive_desc_create) use(dnnl_primitive_create)                   \
  use(dnnl_primitive_destroy) use(dnnl_primitive_execute)

#define ADJ_DECLARE(name) decltype(::name)* name;
  ADJ_ONEDNN_CALLS(ADJ_DECLARE)
#undef ADJ_DECLARE

  int (*get_threads)();
  void (*set_threads)(int);
};

// Debian builds oneDNN over OpenMP. A call runs on the caller's thread alone; the thread's own setting comes back after it.
class OneThread {
 public:
  explicit OneThread(const OneDnnCalls& calls);
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  void (*set_)(int);
  int before_;
};

// Fails with what a status says.
void Check(dnnl_status_t status, const char* what);

// An object of oneDNN that is destroyed with its holder.
template <class Object>
class Owned {
 public:
  Owned() = default;
  Owned(Object object, dnnl_status_t (*destroy)(Object)) : object_(object), destroy_(destroy) {}
  Owned(Owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)), destroy_(other.destroy_) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(object_, other.object_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  ~Owned() {
    if (object_ != nullptr) destroy_(object_);
  }

  Object get() const { return object_; }

 private:
  Object object_ = nullptr;
  dnnl_status_t (*destroy_)(Object) = nullptr;
};

std::unique_ptr<Plan> PlanOneDnnConvolution(const OneDnnCalls& calls, dnnl_engine_t engine, const adj_convolution& convolution,
                                            const Plan* like);

}  // namespace adj

#endif  // ADJOINT_ONEDNN_H
