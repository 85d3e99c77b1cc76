// Fourier transforms: what every library is asked, checked once.

#include <limits>

#include "provider.h"
#include "status.h"

namespace adj {
namespace {

void RequireFourier(bool holds, const char* what) {
  if (!holds) throw Failure(ADJ_BAD_ARGUMENT, std::string("fourier: ") + what);
}

// Whether the last number lies at a place that fits an offset in bytes.
bool Fits(const adj_fourier& f) {
  const auto largest = static_cast<double>(std::numeric_limits<int64_t>::max() / 16);
  return static_cast<double>(f.length) * static_cast<double>(f.element) +
             static_cast<double>(f.lines) * static_cast<double>(f.line) < largest;
}

}  // namespace
}  // namespace adj

extern "C" {

adj_status adj_fourier_make(const adj_library* library, const adj_fourier* transform, adj_fourier_plan** plan) noexcept {
  return adj::Guard([&] {
    adj::RequireFourier(library != nullptr && transform != nullptr && plan != nullptr, "no library, shape or place for the plan.");
    *plan = nullptr;
    adj::RequireFourier(transform->length > 0 && transform->lines > 0 && transform->element > 0 && transform->line > 0,
                        "an extent or a distance is not positive.");
    adj::RequireFourier(adj::Fits(*transform), "the lines reach beyond the address space.");
    auto made = std::make_unique<adj_fourier_plan>();
    made->transform = *transform;
    made->plan = library->provider->Fourier(*transform);
    *plan = made.release();
  });
}

adj_status adj_fourier_run(const adj_fourier_plan* plan, int32_t inverse, const void* x, void* y) noexcept {
  return adj::Guard([&] {
    adj::RequireFourier(plan != nullptr && x != nullptr && y != nullptr, "a plan or operand is null.");
    adj::RequireFourier((x == y) == (plan->transform.in_place != 0), "the plan is in place and the operands are not, or the other way.");
    plan->plan->Run(inverse != 0, x, y);
  });
}

void adj_fourier_destroy(adj_fourier_plan* plan) noexcept { delete plan; }

}  // extern "C"
