// Sorts of words against std::sort: lengths around vectors and base cases, few and many different words, odd places.

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <utility>

#include "check.h"

namespace {

using Pair = std::pair<uint64_t, uint64_t>;  // the high half first, as they are compared

const size_t kLengths[] = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300, 1000, 4097, 100003};

// Words of so many different values, or of all.
template <class T>
std::vector<T> Words(std::mt19937_64& random, size_t n, uint64_t values) {
  std::vector<T> words(n);
  for (T& word : words) word = static_cast<T>(values == 0 ? random() : ~uint64_t{0} - random() % values);
  return words;
}

template <class T>
void Sorts(const std::string& name, adj_status (*sort)(T*, size_t)) {
  std::mt19937_64 random(7);
  for (size_t n : kLengths) {
    for (uint64_t values : {0, 1, 2, 3, 1000}) {
      std::vector<T> expected = Words<T>(random, n, values);
      // One word off any alignment of vectors, and a word behind that must stay.
      std::vector<T> place(n + 2, T{42});
      std::copy(expected.begin(), expected.end(), place.begin() + 1);
      std::sort(expected.begin(), expected.end());
      check::That(sort(place.data() + 1, n) == ADJ_OK, name + " runs");
      check::That(std::equal(expected.begin(), expected.end(), place.begin() + 1) && place[0] == 42 && place[n + 1] == 42,
                  name + " of " + std::to_string(n) + ", " + std::to_string(values) + " values");
    }
  }
}

void SortsPairs() {
  std::mt19937_64 random(8);
  for (size_t n : kLengths) {
    for (uint64_t values : {0, 1, 2, 1000}) {
      std::vector<Pair> expected(n);
      std::vector<uint64_t> words(2 * n + 1, 42);
      const std::vector<uint64_t> high = Words<uint64_t>(random, n, values);
      for (size_t i = 0; i < n; ++i) {
        expected[i] = {high[i], i};
        words[2 * i] = i;
        words[2 * i + 1] = high[i];
      }
      std::sort(expected.begin(), expected.end());
      check::That(adj_sort_u128(words.data(), n) == ADJ_OK, "u128 runs");
      bool same = words[2 * n] == 42;
      for (size_t i = 0; i < n; ++i) same = same && words[2 * i] == expected[i].second && words[2 * i + 1] == expected[i].first;
      check::That(same, "u128 of " + std::to_string(n) + ", " + std::to_string(values) + " values");
    }
  }
}

}  // namespace

int main() {
  if (adj_simd_describe(nullptr, 0) == 0) {
    std::printf("no kernels of our own on this processor\n");
    return check::End();
  }
  Sorts<uint32_t>("u32", adj_sort_u32);
  Sorts<uint64_t>("u64", adj_sort_u64);
  SortsPairs();
  check::That(adj_sort_u32(nullptr, 1) == ADJ_BAD_ARGUMENT && adj_sort_u128(nullptr, 1) == ADJ_BAD_ARGUMENT, "no place");
  check::That(adj_sort_u64(nullptr, 0) == ADJ_OK, "nothing to sort");
  return check::End();
}
