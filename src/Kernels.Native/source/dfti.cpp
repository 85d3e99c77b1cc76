// Names and values: Intel MKL 2020 Developer Reference for C, chapter "Fourier Transform Functions"; MKL_LONG is long there.

#include "dfti.h"

#include <string>

namespace adj {
namespace {

enum Parameter {
  kTransforms = 7,
  kPlacement = 11,
  kInputStrides = 12,
  kOutputStrides = 13,
  kInputDistance = 14,
  kOutputDistance = 15,
};

enum Value { kComplex = 32, kSingle = 35, kDouble = 36, kNotInPlace = 44 };

class DftiPlan final : public FourierPlan {
 public:
  DftiPlan(const Dfti& functions, const adj_fourier& f) : functions_(functions), in_place_(f.in_place != 0) {
    Check(functions_.create(&handle_, f.is_double ? kDouble : kSingle, kComplex, 1L, static_cast<long>(f.length)));
    try {
      Set(f);
    } catch (...) {
      functions_.destroy(&handle_);
      throw;
    }
  }

  ~DftiPlan() override { functions_.destroy(&handle_); }

  // A committed descriptor is only read by computing.
  void Run(bool inverse, const void* x, void* y) const override {
    auto* compute = inverse ? functions_.backward : functions_.forward;
    void* from = const_cast<void*>(x);
    Check(in_place_ ? compute(handle_, from) : compute(handle_, from, y));
  }

 private:
  void Set(const adj_fourier& f) {
    const long strides[2] = {0, static_cast<long>(f.element)};
    const long distance = static_cast<long>(f.line);
    if (!in_place_) Check(functions_.set(handle_, kPlacement, kNotInPlace));
    Check(functions_.set(handle_, kTransforms, static_cast<long>(f.lines)));
    Check(functions_.set(handle_, kInputStrides, strides));
    Check(functions_.set(handle_, kOutputStrides, strides));
    Check(functions_.set(handle_, kInputDistance, distance));
    Check(functions_.set(handle_, kOutputDistance, distance));
    Check(functions_.commit(handle_));
  }

  void Check(long status) const {
    if (status != 0) throw Failure(ADJ_INTERNAL, std::string("MKL's Fourier transform: ") + functions_.message(status));
  }

  Dfti functions_;
  bool in_place_;
  Dfti::Handle handle_ = nullptr;
};

}  // namespace

Dfti::Dfti(const Library& library)
    : create(library.BindIfThere<long(Handle*, int, int, long, ...)>("DftiCreateDescriptor")),
      set(library.BindIfThere<long(Handle, int, ...)>("DftiSetValue")),
      commit(library.BindIfThere<long(Handle)>("DftiCommitDescriptor")),
      forward(library.BindIfThere<long(Handle, void*, ...)>("DftiComputeForward")),
      backward(library.BindIfThere<long(Handle, void*, ...)>("DftiComputeBackward")),
      destroy(library.BindIfThere<long(Handle*)>("DftiFreeDescriptor")),
      message(library.BindIfThere<char*(long)>("DftiErrorMessage")) {}

std::unique_ptr<FourierPlan> Dfti::Plan(const adj_fourier& transform) const {
  if (!create || !set || !commit || !forward || !backward || !destroy || !message) {
    throw Failure(ADJ_UNSUPPORTED, "MKL: this build of it has no Fourier transforms.");
  }
  return std::make_unique<DftiPlan>(*this, transform);
}

}  // namespace adj
