// Where a component begins. Ids come from templates, so they are compared and never used as keys or selectors.

const STAMPED = "[data-cf-component]";

/** The root of the component that an element belongs to: the outermost element with the nearest stamp's id. */
export function rootOf(element) {
  let root = element?.closest?.(STAMPED);
  for (let outer = root; (outer = outer?.parentElement?.closest(STAMPED)); ) {
    if (outer.dataset.cfId === root.dataset.cfId) root = outer;
  }
  return root;
}

/** All component roots below a document, fragment or element. */
export function allRoots(scope = document) {
  return [...scope.querySelectorAll(STAMPED)].filter((element) => rootOf(element) === element);
}

/** The root that carries a component id, or undefined. */
export function rootById(id) {
  return allRoots().find((root) => root.dataset.cfId === id);
}

/**
 * The copy of a component in a freshly loaded page: the one with the same DOM id, else the one at the
 * same place among the roots of that component.
 */
export function freshCopy(page, part) {
  const alike = (scope) => allRoots(scope).filter((root) => root.dataset.cfComponent === part.dataset.cfComponent);
  return allRoots(page).find((root) => root.id && root.id === part.id) ?? alike(page)[alike().indexOf(part)];
}
