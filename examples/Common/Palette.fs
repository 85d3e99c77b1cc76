namespace Adjoint.Examples

/// Colours that stay apart for all eyes: those of Okabe and Ito (2008), and two scales.
[<RequireQualifiedAccess>]
module Palette =

    let blue = "#0072b2"
    let orange = "#e69f00"
    let green = "#009e73"
    let red = "#d55e00"
    let purple = "#a2579a"
    let sky = "#56b4e9"
    let grey = "#888888"
    let ink = "#333333"

    /// The colours in the order in which lines take them.
    let all = [ blue; red; green; purple; orange; sky; grey ]

    let private between (stops: (int * int * int)[]) (t: float) =
        let place = (max 0.0 (min 1.0 t)) * float (stops.Length - 1)
        let i = min (int place) (stops.Length - 2)
        let share = place - float i
        let (r0, g0, b0), (r1, g1, b1) = stops[i], stops[i + 1]

        let mix (low: int) (high: int) =
            int (round (float low + share * float (high - low)))

        $"#%02x{mix r0 r1}%02x{mix g0 g1}%02x{mix b0 b1}"

    /// From 0, dark blue, to 1, light yellow; lighter all the way.
    let viridis (t: float) =
        between [| 68, 1, 84; 59, 82, 139; 33, 145, 140; 94, 201, 98; 253, 231, 37 |] t

    /// From 0, blue, over white to 1, red.
    let diverging (t: float) =
        between [| 33, 102, 172; 146, 197, 222; 247, 247, 247; 244, 165, 130; 178, 24, 43 |] t

    /// From 0, paper, to 1, ink.
    let paper (t: float) =
        between [| 255, 255, 255; 20, 24, 40 |] t
