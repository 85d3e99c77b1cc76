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

void MakePlan(const adj_library* library, const adj_convolution* convolution, const adj_plan* like, adj_plan** plan) {
  Require(library != nullptr && convolution != nullptr && plan != nullptr, "no library, shape or place for the plan.");
  *plan = nullptr;
  CheckShape(*convolution);
  auto made = std::make_unique<adj_plan>();
  made->kind = convolution->kind;
  made->plan = library->provider->Convolution(*convolution, like == nullptr ? nullptr : like->plan.get());
  *plan = made.release();
}

void Run(const adj_plan* plan, const float* left, const float* right, float* result, void* scratch, bool is_packed) {
  Require(plan != nullptr && left != nullptr && right != nullptr && result != nullptr, "a plan or operand is null.");
  Require(scratch != nullptr || plan->plan->Scratch() == 0, "there is no scratch memory.");
  plan->plan->Run(left, right, result, scratch, is_packed && plan->plan->Packed() != 0);
}

// The filter is a result in a gradient by it, and an operand otherwise.
void RequirePacked(const adj_plan* plan, const void* from, const void* to, const void* scratch, bool is_result) {
  Require(plan != nullptr && from != nullptr && to != nullptr && scratch != nullptr, "a plan, filter or scratch memory is null.");
  Require(plan->plan->Packed() != 0 && (plan->kind == ADJ_BY_FILTER) == is_result, "this filter is not packed so.");
}

}  // namespace
}  // namespace adj

extern "C" {

adj_status adj_convolution_plan(const adj_library* library, const adj_convolution* convolution, adj_plan** plan) noexcept {
  return adj::Guard([&] { adj::MakePlan(library, convolution, nullptr, plan); });
}

adj_status adj_convolution_plan_like(const adj_library* library, const adj_convolution* convolution, const adj_plan* like,
                                     adj_plan** plan) noexcept {
  return adj::Guard([&] {
    adj::Require(like != nullptr, "there is no plan to be like.");
    adj::MakePlan(library, convolution, like, plan);
  });
}

size_t adj_plan_scratch(const adj_plan* plan) noexcept { return plan == nullptr ? 0 : plan->plan->Scratch(); }

size_t adj_plan_packed(const adj_plan* plan) noexcept { return plan == nullptr ? 0 : plan->plan->Packed(); }

adj_status adj_convolution_run(const adj_plan* plan, const float* left, const float* right, float* result,
                               void* scratch) noexcept {
  return adj::Guard([&] { adj::Run(plan, left, right, result, scratch, false); });
}

adj_status adj_convolution_run_packed(const adj_plan* plan, const float* left, const float* right, float* result,
                                      void* scratch) noexcept {
  return adj::Guard([&] { adj::Run(plan, left, right, result, scratch, true); });
}

adj_status adj_filter_pack(const adj_plan* plan, const float* filter, float* packed, void* scratch) noexcept {
  return adj::Guard([&] {
    adj::RequirePacked(plan, filter, packed, scratch, false);
    plan->plan->Pack(filter, packed, scratch);
  });
}

adj_status adj_filter_unpack(const adj_plan* plan, const float* packed, float* filter, void* scratch) noexcept {
  return adj::Guard([&] {
    adj::RequirePacked(plan, packed, filter, scratch, true);
    plan->plan->Unpack(packed, filter, scratch);
  });
}

void adj_plan_destroy(adj_plan* plan) noexcept { delete plan; }

}  // extern "C"
