// Fourier transforms against sums as they stand, over lengths, lines, distances and placement.

#include <cmath>
#include <complex>
#include <random>
#include <thread>

#include "check.h"

namespace {

template <class T>
using Numbers = std::vector<std::complex<T>>;

size_t Place(int64_t place) { return static_cast<size_t>(place); }

template <class T>
Numbers<T> Draw(size_t count) {
  std::mt19937 random(7);
  std::uniform_real_distribution<T> between(-1, 1);
  Numbers<T> numbers(count);
  for (auto& number : numbers) number = {between(random), between(random)};
  return numbers;
}

// Higham 2002, theorem 24.2, with room for lengths that become convolutions.
template <class T>
bool IsTransform(const adj_fourier& f, const Numbers<T>& x, const Numbers<T>& y, double sign) {
  const double pi = std::acos(-1.0);
  const auto n = f.length;
  for (int64_t line = 0; line < f.lines; ++line) {
    double size = 0;
    for (int64_t j = 0; j < n; ++j) size += std::norm(std::complex<double>(x[Place(line * f.line + j * f.element)]));
    const double allowed =
        30 * std::numeric_limits<T>::epsilon() * std::log2(static_cast<double>(n) + 2) * std::sqrt(size * static_cast<double>(n));
    for (int64_t k = 0; k < n; ++k) {
      std::complex<double> sum = 0;
      for (int64_t j = 0; j < n; ++j) {
        const double angle = sign * 2 * pi * static_cast<double>(j * k % n) / static_cast<double>(n);
        sum += std::complex<double>(x[Place(line * f.line + j * f.element)]) * std::polar(1.0, angle);
      }
      if (!(std::abs(sum - std::complex<double>(y[Place(line * f.line + k * f.element)])) <= allowed)) return false;
    }
  }
  return true;
}

template <class T>
void Check(const adj_library* library, adj_fourier f, const std::string& what) {
  f.is_double = sizeof(T) == sizeof(double);
  const size_t count = Place((f.length - 1) * f.element + (f.lines - 1) * f.line + 1);
  const Numbers<T> x = Draw<T>(count);
  for (const int in_place : {0, 1}) {
    f.in_place = in_place;
    adj_fourier_plan* plan = nullptr;
    check::That(adj_fourier_make(library, &f, &plan) == ADJ_OK, what + ": a plan; " + check::Message());
    if (plan == nullptr) return;
    for (const int inverse : {0, 1}) {
      // What lies between the lines stays.
      Numbers<T> y = x;
      Numbers<T> z(count, std::complex<T>(3, 4));
      const adj_status status = in_place ? adj_fourier_run(plan, inverse, y.data(), y.data())
                                         : adj_fourier_run(plan, inverse, x.data(), z.data());
      check::That(status == ADJ_OK, what + ": runs");
      check::That(IsTransform(f, x, in_place ? y : z, inverse ? 1.0 : -1.0), what + ": the sums");
    }
    check::That(adj_fourier_run(plan, 0, x.data(), const_cast<std::complex<T>*>(in_place ? &x[0] + 1 : &x[0])) == ADJ_BAD_ARGUMENT,
                what + ": placement is held to");
    adj_fourier_destroy(plan);
  }
}

void CheckThreads(const adj_library* library) {
  adj_fourier f{1, 0, 480, 6, 1, 480};
  adj_fourier_plan* plan = nullptr;
  check::That(adj_fourier_make(library, &f, &plan) == ADJ_OK, "a plan for many threads");
  const Numbers<double> x = Draw<double>(2880);
  std::vector<Numbers<double>> results(4, Numbers<double>(2880));
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) adj_fourier_run(plan, 0, x.data(), result.data());
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) check::That(result == results[0], "the same bits on all threads");
  adj_fourier_destroy(plan);
}

void CheckErrors(const adj_library* library) {
  adj_fourier_plan* plan = nullptr;
  adj_fourier f{1, 0, 0, 1, 1, 1};
  check::That(adj_fourier_make(library, &f, &plan) == ADJ_BAD_ARGUMENT && plan == nullptr, "a length of 0");
  f = {1, 0, INT64_MAX, 1, INT64_MAX, 1};
  check::That(adj_fourier_make(library, &f, &plan) == ADJ_BAD_ARGUMENT, "lines beyond the address space");
  f = {1, 0, 8, 1, 1, 8};
  check::That(adj_fourier_make(nullptr, &f, &plan) == ADJ_BAD_ARGUMENT, "no library");
  check::That(adj_fourier_run(nullptr, 0, nullptr, nullptr) == ADJ_BAD_ARGUMENT, "no plan");
  adj_fourier_destroy(nullptr);
}

}  // namespace

int main() {
  for (const check::Opened& opened : check::Libraries()) {
    CheckErrors(opened.library);
    adj_fourier f{1, 0, 8, 1, 1, 8};
    adj_fourier_plan* plan = nullptr;
    if (adj_fourier_make(opened.library, &f, &plan) == ADJ_UNSUPPORTED) {
      check::That(!check::Message().empty(), opened.name + " says that it has none");
      adj_library_close(opened.library);
      continue;
    }
    adj_fourier_destroy(plan);
    for (const int64_t n : {1, 2, 3, 7, 16, 30, 37, 74, 128, 480, 1009}) {
      const std::string what = opened.name + ", " + std::to_string(n) + " numbers";
      Check<double>(opened.library, {0, 0, n, 1, 1, n}, what);
      Check<float>(opened.library, {0, 0, n, 5, 1, n}, what + ", 5 lines");
      Check<double>(opened.library, {0, 0, n, 6, 6, 1}, what + ", 6 lines beside each other");
      Check<double>(opened.library, {0, 0, n, 3, 1, n + 2}, what + ", 3 lines apart");
    }
    CheckThreads(opened.library);
    adj_library_close(opened.library);
  }
  return check::End();
}
