/// The whole numbers of integer dtypes, and bools as 0 and 1.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Laws.Wholes

open System.Numerics
open Adjoint.Core

/// The least and the largest.
let range (dtype: DType) =
    let bits = 8 * dtype.Size()

    if dtype = DType.Bool then 0I, 1I
    elif dtype.IsUnsigned() then 0I, (1I <<< bits) - 1I
    else -(1I <<< (bits - 1)), (1I <<< (bits - 1)) - 1I

let scalar (dtype: DType) (number: BigInteger) =
    if dtype = DType.U64 then
        Scalar.Of(uint64 number)
    else
        Scalar.Of(dtype, int64 number)

/// The number that a scalar holds.
let number (x: Scalar) =
    if x.Type = DType.U64 then
        BigInteger x.Bits
    else
        BigInteger(int64 x.Bits)

/// A number cut to the bits of a dtype.
let wrap (dtype: DType) (number: BigInteger) =
    let low, high = range dtype
    let size = high - low + 1I
    low + (((number - low) % size) + size) % size
