/// How far two ways to one number may be apart, and why.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Laws.Tolerance

open Adjoint.Core

/// Two orders of the same operations in f64: each operation errs by eps of what it gives, and errors reach the result with
/// slopes that smooth domains keep below about 100.
let rounding (work: float) (scale: float) =
    100.0 * work * DType.F64.Epsilon() * (1.0 + scale)

/// Extrapolated differences: their own estimate of the error, which Ridders' method is known to meet within a small factor
/// (Ridders 1982), beside what rounding leaves at the smallest step that is worth taking.
let differences (estimate: float) (scale: float) = 10.0 * estimate + 1e-9 * (1.0 + scale)
