#include "status.h"

#include <algorithm>
#include <cstring>

namespace adj {
namespace {

constexpr size_t kMessageSize = 1024;

// Of this thread alone: a caller reads the message of its own call.
thread_local char last_message[kMessageSize] = "";

}  // namespace

void Remember(const char* message) noexcept { CopyText(message, last_message, kMessageSize); }

size_t CopyText(const char* from, char* text, size_t size) noexcept {
  const size_t length = std::strlen(from);
  if (text != nullptr && size != 0) {
    const size_t copied = std::min(length, size - 1);
    std::memcpy(text, from, copied);
    text[copied] = '\0';
  }
  return length;
}

}  // namespace adj

extern "C" {

int32_t adj_abi_version(void) noexcept { return ADJ_ABI_VERSION; }

size_t adj_message(char* text, size_t size) noexcept { return adj::CopyText(adj::last_message, text, size); }

}  // extern "C"
