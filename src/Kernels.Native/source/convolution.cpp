// Convolutions: what every library is asked, checked once.

#include <algorithm>

#include "provider.h"
#include "status.h"

namespace adj {
namespace {

void Require(bool holds, const char* what) {
  if (!holds) throw Failure(ADJ_BAD_ARGUMENT, std::string("convolution: ") + what);
}

void CheckShape(const adj_convolution& c) {
  Require(c.kind >= ADJ_CONVOLVE && c.kind <= ADJ_BY_FILTER, "there is no such kind.");
  Require(c.axes >= 1 && c.axes <= 3, "there must be 1 to 3 spatial axes.");
  Require(c.images > 0 && c.groups > 0 && c.inputs > 0 && c.outputs > 0, "an extent is not positive.");
  Require(c.inputs % c.groups == 0 && c.outputs % c.groups == 0, "the groups do not divide the channels.");
  for (int32_t i = 0; i < c.axes; ++i) {
    Require(c.input[i] > 0 && c.window[i] > 0 && c.output[i] > 0 && c.stride[i] > 0 && c.dilation[i] > 0,
            "an extent, stride or dilation is not positive.");
  }
}

}  // namespace
}  // namespace adj

extern "C" {

adj_status adj_convolution_plan(const adj_library* library, const adj_convolution* convolution, adj_plan** plan) noexcept {
  return adj::Guard([&] {
    adj::Require(library != nullptr && convolution != nullptr && plan != nullptr, "no library, shape or place for the plan.");
    *plan = nullptr;
    adj::CheckShape(*convolution);
    auto made = std::make_unique<adj_plan>();
    made->plan = library->provider->Convolution(*convolution);
    *plan = made.release();
  });
}

size_t adj_plan_scratch(const adj_plan* plan) noexcept { return plan == nullptr ? 0 : plan->plan->Scratch(); }

adj_status adj_convolution_run(const adj_plan* plan, const float* left, const float* right, float* result,
                               void* scratch) noexcept {
  return adj::Guard([&] {
    adj::Require(plan != nullptr && left != nullptr && right != nullptr && result != nullptr, "a plan or operand is null.");
    adj::Require(scratch != nullptr || plan->plan->Scratch() == 0, "there is no scratch memory.");
    plan->plan->Run(left, right, result, scratch);
  });
}

void adj_plan_destroy(adj_plan* plan) noexcept { delete plan; }

}  // extern "C"
