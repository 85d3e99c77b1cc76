/// Numbers of lanes at the edges: none, and so many that kernels run their vector loops and their ends.
module Adjoint.Properties.Laws.LaneLaws

open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Transforms
open Adjoint.Properties.Laws.TangentLaws

let private batch (case: Case) size =
    let mask = ParameterMask(case.Operands |> List.map (fun _ -> true))
    let every = ParameterMask.All case.Graph.Results.Length
    let graph = (Transformed.batch case.Graph mask every (Extent size)).Graph
    Verifier.Check graph
    graph

let private empty (operand: HostValue) : HostValue =
    match operand with
    | :? NDArray as x -> NDArray.New(x.Type, x.Shape.Insert(0, Extent 0))
    | _ ->
        let stack = operand :?> HostStack
        HostStack(stack.Type, stack.Shape, stack.Depth + 1)

/// A batch of no lanes gives results of no lanes, and derivatives of none.
let none =
    {
        Name = "vmap over no lanes"
        Mode = Smooth
        Differential = false
        Check =
            fun case _ ->
                if case.Operands.IsEmpty then
                    Says.nothing ()
                else
                    let graph = batch case 0
                    let operands = case.Operands |> List.map empty
                    let results = Point.runGraph graph operands

                    if case.IsDifferentiable then
                        let point =
                            {
                                Graph = graph
                                At = operands
                                Active = case.Active
                            }

                        let back = Point.run (Point.vjp point (Point.slopes point results))
                        Expect.equal back.Length case.Active.Ones "as many cotangents"
    }

/// Prime, so that no vector length divides it.
[<Literal>]
let private Many = 61

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)
let private withKernels = RunOptions(Parallel = Serial.Instance)

/// Kernels give what plain evaluation gives also where there is work for whole vectors.
let many =
    {
        Name = "kernels over many lanes"
        Mode = Smooth
        Differential = false
        Check =
            fun case _ ->
                if case.Operands.IsEmpty then
                    Says.nothing ()
                else
                    let graph = batch case Many

                    let operands =
                        [
                            for i in 0 .. case.Operands.Length - 1 ->
                                Values.stackLanes (Array.init Many (fun lane -> case.Lanes[lane % case.Lanes.Length][i]))
                        ]

                    let point =
                        {
                            Graph = graph
                            At = operands
                            Active = case.Active
                        }

                    near "kernels" point (Point.runWith withKernels graph operands) (Point.runWith plainly graph operands)
    }

let all = [ none; many ]
