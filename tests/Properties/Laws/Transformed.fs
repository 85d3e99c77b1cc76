namespace Adjoint.Properties.Laws

open System.Threading
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Transforms

/// The transforms as the laws call them.
type Transforms =
    {
        Forward: Graph -> ParameterMask -> ParameterMask | null -> JvpBody
        Reverse: Graph -> ParameterMask -> BackwardBody
        Linearize: Graph -> ParameterMask -> ParameterMask | null -> LinearizedBody
        Transpose: Graph -> ParameterMask -> TransposedBody
        Batch: Graph -> ParameterMask -> ParameterMask | null -> Extent -> BatchedBody
    }

/// The library's own, or those with a planted error that a run of mutants has put in their place.
[<RequireQualifiedAccess>]
module Transformed =

    let real =
        {
            Forward = fun f active required -> Forward.Apply(f, active, required)
            Reverse = fun f active -> Backward.Apply(f, active)
            Linearize = fun f active required -> Linearization.Apply(f, active, required)
            Transpose = fun f linear -> Transposition.Apply(f, linear)
            Batch = fun f batched required size -> Batching.Apply(f, batched, required, size)
        }

    let private planted = AsyncLocal<Transforms option>()

    let private now () =
        planted.Value |> Option.defaultValue real

    /// Runs something with other transforms.
    let within (transforms: Transforms) (run: unit -> 'T) =
        planted.Value <- Some transforms

        try
            run ()
        finally
            planted.Value <- None

    let forward f active required = (now ()).Forward f active required
    let reverse f active = (now ()).Reverse f active
    let linearize f active required = (now ()).Linearize f active required
    let transpose f linear = (now ()).Transpose f linear
    let batch f batched required size = (now ()).Batch f batched required size
