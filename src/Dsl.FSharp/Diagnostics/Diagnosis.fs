namespace Adjoint

open System
open Adjoint.Front.Audits

/// What audits of functions of structures have in common.
module internal Audited =

    /// Hands over a function of structures as a function of leaves.
    let at operation (f: 'P -> 'R) (x: 'P) (run: Func<Expr[], Expr[]> -> Flat<'P> -> 'T) : 'T =
        let flat = Flat.take x
        run (Lifted<'P, 'R>(operation, flat.Form, f)).Function flat

/// Functions on concrete arguments, looked into.
[<AutoOpen>]
module Diagnosis =

    /// Runs f and its derivative at x and says where the first NaN or infinity is born that reaches the result or the gradient: operation,
    /// scope and source line, the element and the operands there, the iteration or branch; for one born in the backward pass also the
    /// operation of f whose derivative it is. Print what it gives, or read its fields.
    /// f : 'P -> 'R, of any structures; the derivative is that of the sum of all floating results.
    let firstNonFinite (f: 'P -> 'R) (x: 'P) : NonFinite =
        Audited.at "firstNonFinite" f x (fun f flat -> Audit.FirstNonFinite(f, flat.Leaves, flat.Paths))

    /// The graph of a function at x, made to be read; print what it gives. f may be any stack of transforms:
    /// `explain (grad f) x`, `explain (vmap (grad f)) xs`. Only x's types matter, unless f looks at values.
    /// `(explain f x).Optimized()` is the graph after the passes that it goes through before it runs.
    let explain (f: 'P -> 'R) (x: 'P) : Explanation =
        Audited.at "explain" f x (fun f flat -> Audit.Explain(f, flat.Leaves, flat.Paths))

/// Functions at a point, audited. Print what these give, or read the fields.
[<RequireQualifiedAccess>]
module Audit =

    /// Compares every rule that the derivative of f uses at x with differences, custom rules included, then the derivative of the whole;
    /// names the first rule that is wrong, and tells it from a kink, a jump and bad conditioning.
    /// f : 'P -> 'R, of any structures; of several results the derivative of the sum is taken. Everything is computed in f64.
    let gradient (f: 'P -> 'R) (x: 'P) : GradientAudit =
        Audited.at "audit" f x (fun f flat -> Adjoint.Front.Audits.Audit.Gradient(f, flat.Leaves, flat.Paths))

    /// Looks through what f's own lines ask for, at x: a `where` that hides a NaN in its derivative, points without a finite slope,
    /// cancellation, formulas that overflow and that the library has a function for, accidental broadcasting, arguments without influence.
    /// Each lint has a name, a place, a reason and a cure; what x's values confirm is an error.
    let lint (f: 'P -> 'R) (x: 'P) : LintReport =
        Audited.at "lint" f x (fun f flat -> Adjoint.Front.Audits.Audit.Lint(f, flat.Leaves, flat.Paths))

    /// Names the parts of x, by path, on which f does not depend differentiably, and the operation where the dependence is lost: a cast to
    /// integers, a comparison, argmax, floor, a value that was looked at; or one whose derivative is zero at x's values.
    /// What `stopGradient` cuts off on purpose is left out.
    let dependence (f: 'P -> 'R) (x: 'P) : DependenceReport =
        Audited.at "dependence" f x (fun f flat -> Adjoint.Front.Audits.Audit.Dependence(f, flat.Leaves, flat.Paths))

/// The algebraic laws of the library, for functions of one's own.
[<RequireQualifiedAccess>]
module Laws =

    /// Tries on f at x the laws that hold for every function of the library: its forward derivative is that of differences, and linear;
    /// reverse is forward's adjoint, and linear; `vmap` is stacking, and commutes with the derivative; second derivatives are symmetric and
    /// the same in all four orders of modes; passes keep the results; the text form reads back. Everything is computed in f64.
    /// f : 'P -> 'R, of any structures. A law that says nothing at x (a kink, no such derivative) is skipped and says why.
    let check (f: 'P -> 'R) (x: 'P) : LawReport =
        Audited.at "laws" f x (fun f flat -> Adjoint.Front.Audits.Audit.Laws(f, flat.Leaves, flat.Paths))

/// What a model is made of.
[<RequireQualifiedAccess>]
module Model =

    /// The tensors of a model by path, with types, elements and bytes, and their totals. Print what it gives.
    let summary (model: 'P) : ModelSummary =
        let flat = Flat.take model
        Adjoint.Front.Audits.Audit.Summary(flat.Leaves, flat.Paths)

    /// As `summary`, with the operations and bytes that f model data takes, and that its gradient in the model takes too; a body counts as
    /// often as its loop runs. f : 'P -> 'X -> 'R; the gradient is that of the sum of all floating results.
    let summaryOf (f: 'P -> 'X -> 'R) (model: 'P) (data: 'X) : ModelSummary =
        let flat, given = Flat.take model, Flat.take data
        let form, dataForm = flat.Form, given.Form

        let body (leaves: Expr[]) =
            let split = flat.Leaves.Length
            (Flat.take (f (form.With leaves[.. split - 1]) (dataForm.With leaves[split..]))).Leaves

        Adjoint.Front.Audits.Audit.Summary(body, flat.Leaves, given.Leaves, flat.Paths)
