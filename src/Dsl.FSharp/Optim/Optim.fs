namespace Adjoint

open System
open Adjoint.Front

/// A rule that turns gradients into updates. It is a value without state, for a model of any structure.
type Optimizer = Adjoint.Front.Optimizer

/// Optimizers: values that are made, combined by `|>` and `Optim.chain`, and used in three lines.
///
///     let optimizer = Optim.chain [ Optim.clipByGlobalNorm 1.0; Optim.adam 1e-3 ] |> Optim.scheduled (Schedule.cosine 1000)
///     let mutable state = Optim.init optimizer model
///     let step = compile (fun (batch, model, state) -> Optim.descend optimizer (loss batch) model state)
///
/// Rates are plain numbers. One that changes is a factor beside it: a schedule of the step (`scheduled`), or a tensor (`scaled`).
/// Integer and bool leaves of a model stay as they are. A model with a tangent space of its own moves along its gradient by Manifold.move.
[<RequireQualifiedAccess>]
module Optim =

    /// What an optimizer remembers: a structure, which goes through `compile`, `vmap`, loops and files as a model does.
    type State<'P> =
        {
            /// The number of updates so far.
            Step: Tensor<int64>
            /// By name ("mean", "velocity"), a structure like the model.
            Memory: Map<string, 'P>
        }

    /// The numbers that adam and its relatives have in common.
    type Moments =
        {
            /// What is kept of the mean of gradients.
            Beta1: float
            /// What is kept of the mean of squared gradients.
            Beta2: float
            /// Added to the divisor.
            Epsilon: float
        }

    /// Beta1 0.9, Beta2 0.999, Epsilon 1e-8.
    let moments =
        {
            Beta1 = 0.9
            Beta2 = 0.999
            Epsilon = 1e-8
        }

    /// The state before the first update of a model.
    let init (optimizer: Optimizer) (model: 'P) : State<'P> =
        let flat = Flat.euclidean "Optim.init" model
        let leaves = optimizer.Init flat.Leaves
        let count = flat.Leaves.Length

        let structureOf i =
            flat.With(Array.sub leaves (1 + i * count) count)

        {
            Step = Tensor<int64> leaves[0]
            Memory = Map [ for i, name in Seq.indexed optimizer.Memory -> name, structureOf i ]
        }

    let private run operation move (optimizer: Optimizer) (gradient: 'P) (model: 'P) (state: State<'P>) : 'P * State<'P> =
        let flat, slope = Flat.euclidean operation model, Flat.take gradient
        Flat.same operation "the model" flat.Traits "the gradient" slope.Traits

        let memory name =
            match state.Memory.TryFind name with
            | None -> Broken.structure $"{operation}: the state has no \"{name}\"; it is another optimizer's. Use Optim.init of this one."
            | Some held ->
                let held = Flat.take held
                Flat.same operation "the model" flat.Traits $"the memory \"{name}\"" held.Traits
                held.Leaves

        let names = List.ofSeq optimizer.Memory

        let leaves = Array.concat [ [| state.Step.Expr |]; yield! names |> List.map memory ]

        let struct (result: Expr[], next: Expr[]) = move (slope.Leaves, leaves, flat.Leaves, flat.Paths)
        let count = flat.Leaves.Length

        flat.With result,
        {
            Step = Tensor<int64> next[0]
            Memory =
                Map
                    [
                        for i, name in List.indexed names -> name, flat.With(Array.sub next (1 + i * count) count)
                    ]
        }

    /// Updates, to be added to the model, and the next state.
    let update (optimizer: Optimizer) (gradient: 'P) (model: 'P) (state: State<'P>) : 'P * State<'P> =
        run "Optim.update" (fun (slope, held, leaves, paths) -> optimizer.Update(slope, held, leaves, paths)) optimizer gradient model state

    /// The model after an update along a gradient, and the next state.
    /// StructureException: gradient or state are not of the model's structure and types.
    let step (optimizer: Optimizer) (gradient: 'P) (model: 'P) (state: State<'P>) : 'P * State<'P> =
        run "Optim.step" (fun (slope, held, leaves, paths) -> optimizer.Step(slope, held, leaves, paths)) optimizer gradient model state

    /// The loss of a model, the model after a step down its gradient, and the next state.
    let descend (optimizer: Optimizer) (loss: 'P -> Tensor<'R>) (model: 'P) (state: State<'P>) : Tensor<'R> * 'P * State<'P> =
        let value, gradient = valueAndGrad loss model
        let model, state = step optimizer gradient model state
        value, model, state

    /// Gradient descent: p - rate g.
    let sgd (rate: float) : Optimizer = Adjoint.Front.Optim.Sgd rate

    /// Gradient descent with momentum: v becomes decay v + g, and p - rate v (Polyak 1964).
    let momentum (decay: float) (rate: float) : Optimizer =
        Adjoint.Front.Optim.Momentum(rate, decay)

    /// Momentum that looks ahead: p - rate (g + decay v) (Nesterov 1983; Sutskever et al. 2013).
    let nesterov (decay: float) (rate: float) : Optimizer =
        Adjoint.Front.Optim.Momentum(rate, decay, true)

    /// The gradient over the root of a running mean of its square, of which 0.9 is kept (Tieleman and Hinton 2012).
    /// For centered means and momentum: Adjoint.Front.Optim.RmsProp.
    let rmsProp (rate: float) : Optimizer = Adjoint.Front.Optim.RmsProp rate

    /// The gradient over the root of the sum of its squares so far, which starts at 0.1 (Duchi, Hazan and Singer 2011).
    let adaGrad (rate: float) : Optimizer = Adjoint.Front.Optim.AdaGrad rate

    /// The gradient times the root of mean squared changes over that of mean squared gradients (Zeiler 2012); its rate is 1 as a rule.
    let adaDelta (rate: float) : Optimizer = Adjoint.Front.Optim.AdaDelta rate

    /// Adam (Kingma and Ba 2015) with numbers of its own: `Optim.adamWith { Optim.moments with Beta2 = 0.99 } 1e-3`.
    let adamWith (moments: Moments) (rate: float) : Optimizer =
        Adjoint.Front.Optim.Adam(rate, moments.Beta1, moments.Beta2, moments.Epsilon)

    /// A running mean of gradients over the root of that of their squares, both corrected for their start at 0 (Kingma and Ba 2015).
    let adam (rate: float) : Optimizer = adamWith moments rate

    /// `adamW` with numbers of its own.
    let adamWWith (moments: Moments) (decay: float) (rate: float) : Optimizer =
        Adjoint.Front.Optim.AdamW(rate, decay, moments.Beta1, moments.Beta2, moments.Epsilon)

    /// Adam that also takes rate times decay times p off each parameter p (Loshchilov and Hutter 2019). decay: 0.01, for instance.
    let adamW (decay: float) (rate: float) : Optimizer = adamWWith moments decay rate

    /// Adam that looks one step ahead (Dozat 2016).
    let nAdam (rate: float) : Optimizer = Adjoint.Front.Optim.NAdam rate

    /// Adam that divides by the largest mean square so far (Reddi, Kale and Kumar 2018).
    let amsGrad (rate: float) : Optimizer = Adjoint.Front.Optim.AmsGrad rate

    /// Adam that divides by the largest gradient, fading, instead of a root (Kingma and Ba 2015, section 7.1).
    let adaMax (rate: float) : Optimizer = Adjoint.Front.Optim.AdaMax rate

    /// Adam that trusts its measure as far as it rests on enough gradients (Liu et al. 2020).
    let rAdam (rate: float) : Optimizer = Adjoint.Front.Optim.RAdam rate

    /// The sign of a mean of gradients, and rate times decay times p (Chen et al. 2023).
    let lion (decay: float) (rate: float) : Optimizer =
        Adjoint.Front.Optim.Lion(rate, 0.9, 0.99, decay)

    /// One after the other: the updates of each are the gradients of the next. What clips or decays comes first.
    let chain (parts: Optimizer list) : Optimizer =
        Adjoint.Front.Optim.Chain(Array.ofList parts)

    /// Updates times a number.
    let scale (factor: float) : Optimizer = Adjoint.Front.Optim.Scale factor

    /// An optimizer whose updates are multiplied by one real number: a rate that is an argument of a compiled step.
    let scaled (factor: Tensor<'T>) (optimizer: Optimizer) : Optimizer = optimizer.Scaled factor.Expr

    /// An optimizer whose rate follows a schedule: its updates are multiplied by a function of the number of updates so far.
    let scheduled (schedule: Tensor<int64> -> Tensor<'T>) (optimizer: Optimizer) : Optimizer =
        optimizer.Scheduled(fun step -> (schedule (Tensor<int64> step)).Expr)

    /// Adds rate times the parameters to their gradients: the gradient of rate/2 times the sum of their squares.
    let weightDecay (rate: float) : Optimizer = Adjoint.Front.Optim.WeightDecay rate

    /// Gradients moved into -limit ... limit, number by number.
    let clipByValue (limit: float) : Optimizer = Adjoint.Front.Optim.ClipByValue limit

    /// Each leaf of a larger norm than the limit is scaled down to it.
    let clipByNorm (limit: float) : Optimizer = Adjoint.Front.Optim.ClipByNorm limit

    /// If the norm of all gradients together is larger than the limit, all are scaled down by one factor.
    let clipByGlobalNorm (limit: float) : Optimizer =
        Adjoint.Front.Optim.ClipByGlobalNorm limit

    /// The norm of all floating and complex leaves together.
    let globalNorm (gradient: 'P) : Tensor<float> =
        Tensor<float>(Adjoint.Front.Optim.GlobalNorm (Flat.take gradient).Leaves)

    /// An optimizer for some leaves, by path (`Layers[2].Weight`); the gradients of the others pass as they are.
    /// StructureException, at the first step: no leaf is chosen.
    let only (chosen: string -> bool) (optimizer: Optimizer) : Optimizer = optimizer.Only chosen

    /// An optimizer that leaves some leaves, by path, as they are: `Optim.freeze _.StartsWith("Encoder")`.
    /// StructureException, at the first step: no leaf is frozen, or every one.
    let freeze (frozen: string -> bool) (optimizer: Optimizer) : Optimizer = optimizer.Freeze frozen

    /// An optimizer that is asked once in so many steps, with the mean of their gradients: a large batch in small ones.
    let every (steps: int) (optimizer: Optimizer) : Optimizer = optimizer.Every steps

    /// An optimizer that does nothing in a step where a gradient is infinite or NaN.
    let skipNonFinite (optimizer: Optimizer) : Optimizer = optimizer.SkipNonFinite()

    /// A running average of models: decay times the old one and the rest of the new one. Leaves that aren't floating are the new one's.
    let average (decay: float) (old: 'P) (model: 'P) : 'P =
        Structure.map2Floating (fun fresh old -> decay * old + (1.0 - decay) * fresh) model old

    /// A rule of one's own, leaf by leaf. memory: names of what is remembered, which starts as zeros.
    /// rule: gradient, parameter, memory, number of updates so far -> update, memory.
    let custom (memory: string list) (rule: Expr -> Expr -> Expr[] -> Expr -> struct (Expr * Expr[])) : Optimizer =
        Optimizer.OfLeaf(Array.ofList memory, Func<_, _, _, _, _>(fun g p held step -> rule g p held step))
