namespace Adjoint

open Adjoint.Front.Audits

/// Functions on concrete arguments, looked into.
[<AutoOpen>]
module Diagnosis =

    /// Runs f and its derivative at x and says where the first NaN or infinity is born that reaches the result or the gradient: operation,
    /// scope and source line, the element and the operands there, the iteration or branch; for one born in the backward pass also the
    /// operation of f whose derivative it is. Print what it gives, or read its fields.
    /// f : 'P -> 'R, of any structures; the derivative is that of the sum of all floating results.
    let firstNonFinite (f: 'P -> 'R) (x: 'P) : NonFinite =
        let flat = Flat.take x
        let lifted = Lifted<'P, 'R>("firstNonFinite", flat.Form, f)
        Audit.FirstNonFinite(lifted.Function, flat.Leaves, flat.Paths)

    /// The graph of a function at x, made to be read; print what it gives. f may be any stack of transforms:
    /// `explain (grad f) x`, `explain (vmap (grad f)) xs`. Only x's types matter, unless f looks at values.
    /// `(explain f x).Optimized()` is the graph after the passes that it goes through before it runs.
    let explain (f: 'P -> 'R) (x: 'P) : Explanation =
        let flat = Flat.take x
        let lifted = Lifted<'P, 'R>("explain", flat.Form, f)
        Audit.Explain(lifted.Function, flat.Leaves, flat.Paths)
