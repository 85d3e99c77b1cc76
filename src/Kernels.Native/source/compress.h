// Compression of vectors as all processors with AVX-512 do it fast. Included before hwy/highway.h.
//
// Highway 1.0.3 stores what a mask chooses by instructions that compress while they store: on Zen 4 these are microcode, and
// a sort takes ten times as long by them. Here vectors are compressed first, and stored under a mask of as many lanes; Highway
// took the same way in its later versions. The words stored are the same, and none besides.

#ifndef ADJOINT_COMPRESS_H
#define ADJOINT_COMPRESS_H

#include "hwy/detect_compiler_arch.h"

#if HWY_ARCH_X86
#include <immintrin.h>

#define _mm512_mask_compressstoreu_epi32(to, mask, v)                                         \
  _mm512_mask_storeu_epi32(to, static_cast<__mmask16>((1u << __builtin_popcount(mask)) - 1u), \
                           _mm512_maskz_compress_epi32(mask, v))
#define _mm512_mask_compressstoreu_epi64(to, mask, v)                                        \
  _mm512_mask_storeu_epi64(to, static_cast<__mmask8>((1u << __builtin_popcount(mask)) - 1u), \
                           _mm512_maskz_compress_epi64(mask, v))
#endif

#endif  // ADJOINT_COMPRESS_H
