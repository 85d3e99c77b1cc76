/// What made this picture? Discs are drawn with soft edges, so that every pixel has a derivative in every disc's place, size and
/// shade; descent along the gradient moves wrong discs until they draw the same picture.
module Adjoint.Examples.Render

open Adjoint

/// Discs with centres in a square from 0 to 1.
type Discs =
    {
        X: Tensor<float>
        Y: Tensor<float>
        Radius: Tensor<float>
        /// How much ink a disc has, from 0 to 1.
        Shade: Tensor<float>
    }

let side = 40

/// The middles of pixels along each side.
let pixels: Tensor<float> = (Tensor.arange side + 0.5) / float side

/// The ink of each pixel, [side, side], with edges that are so soft. Discs lie over each other like glass: light passes all of them.
let draw softness discs =
    let along (centres: Tensor<float>) =
        Tensor.expandDims 0 pixels - Tensor.expandDims 1 centres

    let squared =
        Tensor.expandDims 1 (Tensor.square (along discs.X))
        + Tensor.expandDims 2 (Tensor.square (along discs.Y))

    let column (x: Tensor<float>) = Tensor.reshape [ -1; 1; 1 ] x
    let inside = (column discs.Radius - sqrt (squared + 1e-9)) / softness |> Tensor.sigmoid
    1.0 - Tensor.prodAlong 0 (1.0 - column discs.Shade * inside)

/// Five discs, which are to be found.
let truth =
    {
        X = Tensor.vector [ 0.30; 0.68; 0.50; 0.22; 0.80 ]
        Y = Tensor.vector [ 0.35; 0.30; 0.68; 0.78; 0.72 ]
        Radius = Tensor.vector [ 0.18; 0.12; 0.21; 0.10; 0.09 ]
        Shade = Tensor.vector [ 0.9; 0.6; 0.45; 0.7; 0.95 ]
    }

/// A guess: equal discs, each somewhere near.
let guess =
    {
        X = Tensor.vector [ 0.20; 0.80; 0.50; 0.15; 0.90 ]
        Y = Tensor.vector [ 0.20; 0.20; 0.50; 0.90; 0.85 ]
        Radius = Tensor.full [ 5 ] 0.12
        Shade = Tensor.full [ 5 ] 0.5
    }

let edges = 0.02
let target = draw edges truth

/// The mean squared difference of two pictures.
let loss discs =
    draw edges discs - target |> Tensor.square |> Tensor.mean

/// The discs after so many steps of Adam, whose rate falls to zero.
let fit steps =
    let optimizer = Optim.adam 0.01 |> Optim.scheduled (Schedule.cosine steps)

    let step _ (discs, state) =
        let _, discs, state = Optim.descend optimizer loss discs state
        discs, state

    compile (Flow.forLoop 0 steps step) (guess, Optim.init optimizer guess) |> fst

type Figures =
    {
        Discs: Discs
        LossBefore: float
        Loss: float
        /// The largest error of a place, a radius or a shade.
        Error: float
    }

let figures () =
    let discs = fit 600

    let error =
        Structure.map2 (fun x y -> Adjoint.Front.Tensors.Abs(x - y)) discs truth
        |> Structure.leaves
        |> List.map (fun leaf -> Tensor.ofExpr leaf |> Tensor.max |> value)
        |> List.max

    {
        Discs = discs
        LossBefore = value (loss guess)
        Loss = value (loss discs)
        Error = error
    }

/// What is to be drawn, the guess, and what was found.
let picture (figures: Figures) =
    let panel title discs =
        Plot.create title "" ""
        |> Plot.cells
            {
                Values = draw edges discs |> Tensor.toArray2D
                X = 0.0, 1.0
                Y = 0.0, 1.0
                Range = 0.0, 1.0
                Colours = Palette.paper
            }
        |> Plot.equal
        |> Plot.sized 300.0 300.0

    Drawing.row [ panel "given" truth; panel "guess" guess; panel "found" figures.Discs ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"mean squared difference of the pictures %.2e{found.LossBefore} before, %.2e{found.Loss} after"
    printfn $"places, radii and shades within %.1e{found.Error} of the true ones"
    Svg.save "out/render/render.svg" (picture found)
    0
