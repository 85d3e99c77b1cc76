/// At which speed does a listener play a podcast? The model of the Swift for TensorFlow manifesto on differentiable programming:
/// a multiplier for the kind of podcast times one for the part of the episode, held between a lowest and a highest speed.
module Adjoint.Examples.PodcastSpeed

open Adjoint

let categories = [ "comedy"; "news"; "science"; "stories" ]
let sections = [ "advertisement"; "introduction"; "body"; "conclusion" ]

/// What is being listened to: an index into each of the lists.
type State =
    {
        Category: Tensor<int>
        Section: Tensor<int>
    }

/// A state, and the speed that the listener chose.
type Observation = { State: State; Speed: Tensor<float> }

/// The multipliers have one element for each category, and one for each section.
type Model =
    {
        MinSpeed: Tensor<float>
        MaxSpeed: Tensor<float>
        CategoryMultipliers: Tensor<float>
        SectionMultipliers: Tensor<float>
    }

/// The speed that the model expects in one state. Outside the bounds only the bound that holds the speed has a derivative.
let predict model state =
    model.CategoryMultipliers[state.Category]
    * model.SectionMultipliers[state.Section]
    |> Tensor.maximum model.MinSpeed
    |> Tensor.minimum model.MaxSpeed

/// The mean absolute error over a batch: every field of the observations has an axis in front.
let meanError observations model =
    vmap (fun observed -> Tensor.abs (predict model observed.State - observed.Speed)) observations
    |> Tensor.mean

/// The listener that made the data.
let listener =
    {
        MinSpeed = Tensor.scalar 0.9
        MaxSpeed = Tensor.scalar 2.2
        CategoryMultipliers = Tensor.vector [ 0.8; 1.6; 1.1; 1.0 ]
        SectionMultipliers = Tensor.vector [ 2.5; 1.2; 1.0; 0.7 ]
    }

/// States at random, and speeds as the listener chooses them, up to 0.05 too fast or too slow.
let observe count key =
    let states =
        {
            Category = key |> Random.foldIn 0 |> Random.integers 0 categories.Length [ count ]
            Section = key |> Random.foldIn 1 |> Random.integers 0 sections.Length [ count ]
        }

    {
        State = states
        Speed =
            vmap (predict listener) states
            + Random.uniformIn -0.05 0.05 [ count ] (Random.foldIn 2 key)
    }

/// The model before it has seen anything. Its bounds are narrow: one that holds no speed has no derivative, and would never move.
let untrained =
    {
        MinSpeed = Tensor.scalar 1.0
        MaxSpeed = Tensor.scalar 1.5
        CategoryMultipliers = Tensor.full [ categories.Length ] 1.1
        SectionMultipliers = Tensor.full [ sections.Length ] 1.1
    }

/// Gradient descent. The gradient of an absolute error doesn't get smaller near the minimum, so the steps must.
let train steps observations =
    let step =
        compile (fun (rate: Tensor<float>, model) ->
            let slope = grad (meanError observations) model
            Structure.map2 (fun p g -> p - rate.Expr * g) model slope)

    let rate i =
        Tensor.scalar (0.2 * (1.0 - float i / float steps))

    Seq.fold (fun model i -> step (rate i, model)) untrained (seq { 0 .. steps - 1 })

/// The mean absolute errors on observations that weren't trained on: of the untrained model, of the trained one, and of
/// the listener, who can't be foretold better than the noise allows.
let figures () =
    let seen, fresh = observe 400 (Random.key 1), observe 400 (Random.key 2)
    let model = train 600 seen
    let error model = meanError fresh model |> value
    error untrained, error model, error listener, model

[<EntryPoint>]
let main _ =
    let before, after, best, model = figures ()
    printfn $"mean absolute error on new observations: untrained %.4f{before}, trained %.4f{after}, the listener's own %.4f{best}"
    printfn $"speeds from %.2f{value model.MinSpeed} to %.2f{value model.MaxSpeed}"
    printfn "%-10s%s" "" (sections |> List.map (sprintf "%15s") |> String.concat "")

    for category, name in List.indexed categories do
        let speed section =
            predict
                model
                {
                    Category = Tensor.scalar category
                    Section = Tensor.scalar section
                }

        printfn
            "%-10s%s"
            name
            (List.init sections.Length (fun i -> sprintf "%15.2f" (value (speed i)))
             |> String.concat "")

    0
