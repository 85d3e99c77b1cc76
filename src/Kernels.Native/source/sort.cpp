// Sorts of unsigned words, by Highway's vectorized quicksort (Blacher, Giesen and Kühne 2022, arXiv 2205.05982).

#include "compress.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sort.cpp"
#include "hwy/foreach_target.h"

#include "hwy/highway.h"

#if HWY_TARGET == HWY_AVX3
HWY_BEFORE_NAMESPACE();
namespace hwy {
namespace HWY_NAMESPACE {
// Two compressed stores to either side of a partition instead of one permutation stored twice, which takes twelve times as long
// on Zen 4.
template <>
struct CompressIsPartition<uint64_t> {
  enum { value = 0 };
};
}  // namespace HWY_NAMESPACE
}  // namespace hwy
HWY_AFTER_NAMESPACE();
#endif

// Behind highway.h.
#include "hwy/contrib/sort/traits-inl.h"
#include "hwy/contrib/sort/traits128-inl.h"
#include "hwy/contrib/sort/vqsort-inl.h"
#include "simd.h"

HWY_BEFORE_NAMESPACE();
namespace adj {
namespace HWY_NAMESPACE {
#if HWY_TARGET != HWY_EMU128 && HWY_TARGET != HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
void SortWords(T* words, size_t n) {
  using Order = hn::detail::OrderAscending<T>;
  hn::Sort(hn::SortTag<T>(), hn::detail::SharedTraits<hn::detail::TraitsLane<Order>>(), words, n, static_cast<T*>(nullptr));
}

void SortPairs(uint64_t* words, size_t n) {
  using Order = hn::detail::OrderAscending128;
  hn::Sort(hn::SortTag<uint64_t>(), hn::detail::SharedTraits<hn::detail::Traits128<Order>>(), words, 2 * n,
           static_cast<uint64_t*>(nullptr));
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace adj
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

// The seed of the quicksort's choice of samples, which Highway's own library would take from the clock: the same for the
// same number of words, so that times repeat. What comes out does not depend on it.
void hwy::Sorter::Fill24Bytes(const void*, size_t n, void* bytes) {
  const uint64_t seed[3] = {n, 0x9E3779B97F4A7C15u, 0xD1B54A32D192ED03u};
  CopyBytes<sizeof seed>(seed, bytes);
}

namespace {

template <class T>
adj_status Sorted(T* words, size_t n, void (*sort)(T*, size_t)) noexcept {
  if (n != 0 && words == nullptr) return ADJ_BAD_ARGUMENT;
  return adj::Guard([&] {
    if (n > 1) sort(words, n);
  });
}

}  // namespace

extern "C" {

adj_status adj_sort_u32(uint32_t* words, size_t n) noexcept {
  return Sorted<uint32_t>(words, n, [](uint32_t* w, size_t count) { ADJ_ON_BEST(SortWords(w, count)); });
}

adj_status adj_sort_u64(uint64_t* words, size_t n) noexcept {
  return Sorted<uint64_t>(words, n, [](uint64_t* w, size_t count) { ADJ_ON_BEST(SortWords(w, count)); });
}

adj_status adj_sort_u128(uint64_t* words, size_t n) noexcept {
  return Sorted<uint64_t>(words, n, [](uint64_t* w, size_t count) { ADJ_ON_BEST(SortPairs(w, count)); });
}

}  // extern "C"

#endif  // HWY_ONCE
