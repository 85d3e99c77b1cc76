// What a library can do. A kernel that it lacks fails with ADJ_UNSUPPORTED.

#ifndef ADJOINT_PROVIDER_H
#define ADJOINT_PROVIDER_H

#include <memory>
#include <string>

#include "adjoint_kernels.h"
#include "status.h"

namespace adj {

// A convolution of one shape, ready to run. Thread-safe.
class Plan {
 public:
  virtual ~Plan() = default;
  virtual size_t Scratch() const = 0;

  // Bytes of a filter in the layout that the kernel takes; 0 where it takes the caller's.
  virtual size_t Packed() const = 0;
  virtual void Pack(const float* filter, float* packed, void* scratch) const = 0;
  virtual void Unpack(const float* packed, float* filter, void* scratch) const = 0;
  virtual void Run(const float* left, const float* right, float* result, void* scratch, bool is_packed) const = 0;

 protected:
  Plan() = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

class Lapack;

// A Fourier transform of lines of one shape, ready to run. Thread-safe.
class FourierPlan {
 public:
  virtual ~FourierPlan() = default;
  virtual void Run(bool inverse, const void* x, void* y) const = 0;

 protected:
  FourierPlan() = default;
  FourierPlan(const FourierPlan&) = delete;
  FourierPlan& operator=(const FourierPlan&) = delete;
};

class Provider {
 public:
  virtual ~Provider() = default;

  // Name, version and instruction set.
  virtual std::string Describe() const = 0;

  virtual void Product(const adj_product&, const float*, const float*, float*) const { Lacks("products of f32"); }
  virtual void Product(const adj_product&, const double*, const double*, double*) const { Lacks("products of f64"); }
  virtual std::unique_ptr<Plan> Convolution(const adj_convolution&, const Plan*) const { Lacks("convolutions"); }
  virtual const Lapack& Factorizations() const { Lacks("factorizations"); }
  virtual std::unique_ptr<FourierPlan> Fourier(const adj_fourier&) const { Lacks("Fourier transforms"); }

 protected:
  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

 private:
  [[noreturn]] void Lacks(const char* kernel) const {
    throw Failure(ADJ_UNSUPPORTED, Describe() + " has no " + kernel + ".");
  }
};

std::unique_ptr<Provider> OpenOpenBlas(const char* folder);
std::unique_ptr<Provider> OpenMkl(const char* folder, uint32_t flags);
std::unique_ptr<Provider> OpenOneDnn(const char* folder);

}  // namespace adj

struct adj_library {
  std::unique_ptr<adj::Provider> provider;
  std::string description;
};

struct adj_plan {
  adj_convolution_kind kind;
  std::unique_ptr<adj::Plan> plan;
};

struct adj_fourier_plan {
  adj_fourier transform;
  std::unique_ptr<adj::FourierPlan> plan;
};

#endif  // ADJOINT_PROVIDER_H
